import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import type { CollectorStats, Recorded } from '../../sample-app/collector/ledger.js';
import { Ring } from '../../sample-app/collector/ring.js';
import { RecentSet } from '../../sample-app/collector/recent-set.js';
import { startCollector, type Collector } from '../../sample-app/collector/start-collector.js';
import { anEvent, inLane, NEW_YEAR } from './an-event.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const { duplicates } = JSON.parse(
  readFileSync(new URL('./kissmetrics/kissmetrics.fixture.json', import.meta.url), 'utf8'),
) as { duplicates: { first: string; second: string; counted: number; why: string }[] };

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.close());

const get = (path: string) => fetch(collector.url + path);
const json = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;

async function deliver(event: TrackingEvent, method: 'GET' | 'POST' = 'POST') {
  const destination = kissmetrics({ apiKey: KEY, endpoint: collector.url, method });
  const { url, body, headers = {} } = destination.encode([inLane(event)], { now: NEW_YEAR, number: 1 });
  return fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body !== undefined && { body: body as string }),
  });
}

describe('the collector', () => {
  test.each(['GET', 'POST'] as const)('understands %s, and answers with a pixel', async (method) => {
    const properties = { 'Order Id': 'O-77', City: 'Köln & Bonn', Amount: 49.95 };
    const response = await deliver(anEvent({ properties }), method);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 6)).toBe('GIF89a');
    expect(collector.latest()).toMatchObject([
      {
        kind: 'event',
        product: '…4567',
        person: 'user-1001',
        name: 'Signed Up',
        second: NEW_YEAR / 1_000,
        properties: { 'Order Id': 'O-77', City: 'Köln & Bonn', Amount: '49.95' },
        duplicate: false,
      },
    ]);
  });

  test.each(duplicates)('counts two events $counted time(s): $why', async ({ first, second, counted }) => {
    for (const url of [first, second])
      await (await get(new URL(url).pathname + new URL(url).search)).arrayBuffer();
    expect(collector.stats().events).toEqual({ name: 'all', received: 2, counted, duplicates: 2 - counted });
  });

  test('takes names that differ in case, comma or colon for one', async () => {
    await deliver(anEvent({ name: 'Order Paid' }));
    await get(`/e?_k=${KEY}&_p=user-1001&_n=ORDER%3Apaid&_t=${NEW_YEAR / 1_000}&_d=1`);
    expect(collector.stats().byEvent).toEqual([
      { name: 'Order Paid', received: 2, counted: 1, duplicates: 1 },
    ]);
  });

  test('believes a time only with _d=1', async () => {
    const before = Math.floor(Date.now() / 1_000);
    await get(`/e?_k=${KEY}&_p=ada&_n=a&_t=1300000000`);
    await get(`/e?_k=${KEY}&_p=ada&_n=b+c&_t=1300000000&_d=1`);
    const [dated, undated] = collector.latest();
    expect(dated).toMatchObject({ name: 'b c', second: 1_300_000_000 });
    expect(undated!.second).toBeGreaterThanOrEqual(before);
  });

  test('keeps one value of a property per person and second, whatever the values', async () => {
    await deliver(anEvent({ type: 'identify', properties: { Plan: 'pro', City: 'Köln' } }));
    await deliver(anEvent({ type: 'identify', properties: { plan: 'team' } }));
    expect(collector.stats().properties).toEqual({ received: 3, counted: 2 });
    expect(collector.stats().received).toBe(2);
    expect(collector.latest().map(({ duplicate }) => duplicate)).toEqual([true, false]);
  });

  test('lists everything of a person under each of their ids', async () => {
    await deliver(anEvent({ userId: 'anon', name: 'Visited' }));
    await deliver(anEvent({ userId: 'ada', name: 'Bought' }));
    await deliver(anEvent({ userId: 'grace', name: 'Bought' }));
    await deliver(anEvent({ type: 'alias', previousId: 'anon', userId: 'ada' }));
    await deliver(anEvent({ type: 'alias', previousId: 'ada', userId: 'anon' }));
    const list = await json<Recorded[]>('/_collector/events?person=anon&kind=event');
    expect(list.map(({ name }) => name)).toEqual(['Bought', 'Visited']);
    expect(collector.stats().aliases).toEqual({ received: 2, counted: 1 });
  });

  test.each([
    ['no key', '/e?_p=ada&_n=a', '_k is missing'],
    ['no person', `/e?_k=${KEY}&_n=a`, '_p is missing'],
    ['no name', `/e?_k=${KEY}&_p=ada`, '_n is missing'],
    ['no property', `/s?_k=${KEY}&_p=ada&_t=1767225600&_d=1`, 'there is no property'],
    ['a time in milliseconds of old', `/e?_k=${KEY}&_p=ada&_n=a&_t=1200000000&_d=1`, '_t is before 2009'],
    [
      'a time that is none',
      `/e?_k=${KEY}&_p=ada&_n=a&_t=1767225600.5&_d=1`,
      '_t is not a whole number of seconds',
    ],
    ['a long name', `/e?_k=${KEY}&_p=ada&_n=${'n'.repeat(255)}`, '_n is longer than 254 characters'],
    ['a long id', `/e?_k=${KEY}&_p=${'p'.repeat(256)}&_n=a`, '_p is longer than 255 characters'],
    ['broken encoding', `/e?_k=${KEY}&_p=%E0%A4%A&_n=a`, 'the percent-encoding is invalid'],
    ['a parameter twice', `/e?_k=${KEY}&_p=ada&_n=a&_n=b`, 'a parameter is repeated'],
  ])('answers 200 to %s, and sets it aside', async (_, path, problem) => {
    expect((await get(path)).status).toBe(200);
    expect(collector.stats()).toMatchObject({ received: 1, invalid: 1, events: { received: 0 } });
    const [request] = await json<{ problems: string[]; parameters: object }[]>('/_collector/invalid');
    expect(request!.problems).toEqual([problem]);
    expect(JSON.stringify(request)).not.toContain(KEY);
  });

  test('fails as it is told to, and counts nothing meanwhile', async () => {
    collector.setOutage({ mode: 'status', status: 429, retryAfter: '7' });
    const throttled = await deliver(anEvent());
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
    collector.setOutage({ mode: 'down' });
    await expect(deliver(anEvent())).rejects.toThrow('fetch failed');
    expect(collector.stats()).toMatchObject({ received: 0, failed: 2 });
    collector.setOutage({ mode: 'none' });
    expect((await deliver(anEvent())).status).toBe(200);
    expect(collector.stats()).toMatchObject({ received: 1, failed: 2 });
  });

  test('hangs until the outage ends, and then closes the connection', async () => {
    collector.setOutage({ mode: 'hang' });
    const waiting = deliver(anEvent());
    const ended = expect(waiting).rejects.toThrow('fetch failed');
    while (collector.stats().failed === 0) await json('/_collector/stats');
    collector.setOutage({ mode: 'none' });
    await ended;
  });

  test('can be broken for a while over its API, which goes on answering', async () => {
    const outage = (body: unknown) =>
      fetch(`${collector.url}/_collector/outage`, { method: 'POST', body: JSON.stringify(body) });
    expect((await outage({ mode: 'status', status: 502, seconds: 0.05 })).status).toBe(200);
    expect((await deliver(anEvent())).status).toBe(502);
    while ((await json<{ outage: string }>('/_collector/stats')).outage !== 'none');
    expect((await deliver(anEvent())).status).toBe(200);
    for (const wrong of [
      null,
      {},
      { mode: 'fire' },
      { mode: 'status', status: 200 },
      { mode: 'down', seconds: -1 },
    ]) {
      expect((await outage(wrong)).status).toBe(400);
    }
  });

  test('holds answers back like a distant host', async () => {
    const distant = await startCollector({ latencyMs: 60 });
    const started = performance.now();
    await (await fetch(`${distant.url}/e?_k=${KEY}&_p=ada&_n=a`)).arrayBuffer();
    expect(performance.now() - started).toBeGreaterThanOrEqual(58);
    await distant.close();
  });

  test('shows the same to people and programs, and forgets on request', async () => {
    await deliver(anEvent());
    expect(await json<CollectorStats>('/_collector/stats')).toEqual({ ...collector.stats(), outage: 'none' });
    const page = await get('/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('What KISSmetrics would count');
    expect((await get('/nothing')).status).toBe(404);
    await fetch(`${collector.url}/_collector/reset`, { method: 'POST' });
    expect(collector.stats()).toMatchObject({ received: 0, byEvent: [] });
    expect(collector.latest()).toEqual([]);
  });
});

/** Runs the script of the collector's page, with as much of a browser as it needs, and returns the sentence below the table. */
async function sentenceOfPage(): Promise<string> {
  const script = /<script>([^]*)<\/script>/.exec(await (await get('/')).text())![1]!;
  const elements = new Map<string, Record<string, unknown>>();
  const element = () => ({ value: '', append: () => {}, replaceChildren: () => {} });
  const found = (id: string) => elements.get(id) ?? elements.set(id, element()).get(id)!;
  await new Promise<void>((refreshed) => {
    runInNewContext(script, {
      document: { getElementById: found, createElement: element, addEventListener: () => {} },
      fetch: (path: string) => get(path),
      setTimeout: () => refreshed(),
    });
  });
  expect(found('state')['textContent']).toBe('Up.');
  return String(found('others')['textContent']);
}

describe('its page', () => {
  test('counts in the singular and the plural, and does not mention outages where there was none', async () => {
    await get('/a?_k=key&_p=visitor&_n=ada');
    expect(await sentenceOfPage()).toBe(
      'Also received: 0 properties of people, 1 alias, 0 invalid requests.',
    );
    await get('/e?_k=key');
    expect(await sentenceOfPage()).toContain('1 invalid request (listed at /_collector/invalid).');
  });

  test('does not call requests lost that failed in an outage and arrived later', async () => {
    collector.setOutage({ mode: 'status' });
    for (let i = 0; i < 5; i++) await deliver(anEvent());
    collector.setOutage({ mode: 'none' });
    await deliver(anEvent());
    const sentence = await sentenceOfPage();
    expect(sentence).toContain('5 requests failed during outages; the shop retries them.');
    expect(sentence).not.toContain('lost');
  });
});

describe('its memory', () => {
  test('keeps the newest, newest first', () => {
    const ring = new Ring<number>(3);
    for (let i = 0; i < 8; i++) ring.push(i);
    expect([...ring.newest()]).toEqual([7, 6, 5]);
  });

  test('remembers at least the newest half', () => {
    const set = new RecentSet(10);
    const added = Array.from({ length: 100 }, (_, i) => set.add(`${i}`) && set.add(`${Math.max(0, i - 4)}`));
    expect(added.filter(Boolean)).toEqual([]);
    expect(set.add('0')).toBe(true);
  });
});
