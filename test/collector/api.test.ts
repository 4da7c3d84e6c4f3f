import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type {
  ErrorResponse,
  EventResponse,
  EventsResponse,
  InvalidResponse,
  PeopleResponse,
  RequestResponse,
  RequestsResponse,
  ScriptedAnswer,
  StatsResponse,
} from '../../lib/collector/api/responses.js';
import { ACollector, aMessage } from './a-collector.js';

let collector: ACollector;
beforeEach(async () => {
  collector = await ACollector.start();
});
afterEach(() => collector.close());

const names = ({ events }: EventsResponse): string[] => events.map(({ name }) => name);

describe('stats', () => {
  test('counts requests and events by outcome, with the same sums by name', async () => {
    const once = aMessage();
    await collector.send(once, aMessage({ event: 'Paid' }), once);
    await collector.send(aMessage({ userId: undefined }));
    const { platforms, names: rows } = await collector.get<StatsResponse>('stats');
    expect(platforms.find(({ platform }) => platform === 'segment')).toMatchObject({
      title: 'Segment',
      requests: 2,
      failedRequests: 0,
      delivered: 2,
      duplicate: 1,
      rejected: 0,
      dropped: 1,
    });
    expect(rows).toMatchObject([
      { platform: 'segment', kind: 'track', name: 'Signed Up', delivered: 1, duplicate: 1, dropped: 1 },
      { platform: 'segment', kind: 'track', name: 'Paid', delivered: 1, duplicate: 0, dropped: 0 },
    ]);
  });

  test('has a revision that changes with each change only', async () => {
    const revision = async () => (await collector.get<StatsResponse>('stats')).revision;
    const first = await revision();
    expect(await revision()).toBe(first);
    await collector.send(aMessage());
    const second = await revision();
    expect(second).not.toBe(first);
    await collector.call('answers', 'POST', { answer: 'slow', delayMs: 1 });
    const third = await revision();
    expect(third).not.toBe(second);
    await collector.call('reset', 'POST');
    expect(await revision()).not.toBe(third);
  });

  test('leaves the names out on request, and has the latest numbers', async () => {
    await collector.send(aMessage(), aMessage());
    expect(await collector.get<StatsResponse>('stats?names=false')).toMatchObject({
      names: [],
      kept: { events: 2, forgottenEvents: 0, latestEvent: 2, latestRequest: 1, people: 1, repetitions: 2 },
    });
  });

  test('counts a request that a scripted answer failed, and none of its events', async () => {
    await collector.call('answers', 'POST', { answer: 'error', requests: 1 });
    expect((await collector.send(aMessage())).status).toBeGreaterThanOrEqual(500);
    const stats = await collector.get<StatsResponse>('stats');
    const [counts] = stats.platforms.filter(({ requests }) => requests > 0);
    expect(counts).toMatchObject({ requests: 1, failedRequests: 1, delivered: 0, rejected: 0, dropped: 0 });
    expect(stats.names).toEqual([]);
    expect((await collector.get<EventsResponse>('events')).events).toEqual([]);
  });
});

describe('events', () => {
  test('are listed newest first, and after a number for a live view', async () => {
    await collector.send(...['a', 'b', 'c'].map((event) => aMessage({ event })));
    const all = await collector.get<EventsResponse>('events');
    expect(names(all)).toEqual(['c', 'b', 'a']);
    const [newest] = all.events;
    await collector.send(aMessage({ event: 'd' }));
    expect(names(await collector.get(`events?after=${newest!.number}`))).toEqual(['d']);
  });

  test('are shown one by one', async () => {
    await collector.send(aMessage({ event: 'a', properties: { plan: 'pro' } }), aMessage({ event: 'b' }));
    const event = { number: 1, name: 'a', properties: { plan: 'pro' }, isCut: false };
    expect(await collector.get<EventResponse>('events/1')).toMatchObject(event);
    expect((await collector.call('events/3')).status).toBe(404);
  });

  test('are listed in parts, each with the number for the next', async () => {
    await collector.send(...['a', 'b', 'c', 'd', 'e'].map((event) => aMessage({ event })));
    const seen: string[] = [];
    let next: number | null = Number.MAX_SAFE_INTEGER;
    while (next !== null) {
      const part: EventsResponse = await collector.get(`events?limit=2&before=${next}`);
      seen.push(...names(part));
      ({ next } = part);
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  test.each([
    ['platform=segment', 3],
    ['kind=identify', 1],
    ['name=Paid', 1],
    ['name=paid', 0],
    ['person=grace', 1],
    ['outcome=delivered', 3],
    ['outcome=dropped', 0],
    ['search=MÜNCHEN', 1],
    ['search=city', 1],
    ['search=49.95', 1],
    ['search=grace', 1],
    [`search=${encodeURIComponent('"quoted"\n')}`, 1],
    ['search=properties', 0],
    ['search=null', 0],
    [`search=${encodeURIComponent('{')}`, 0],
    ['search=nline', 0],
    ['search=.*', 0],
  ])('are selected by %s: %i', async (query, count) => {
    await collector.send(
      aMessage({ properties: { City: 'München', amount: 49.95 } }),
      aMessage({ event: 'Paid', userId: 'grace', properties: { note: 'a "quoted"\nline' } }),
      aMessage({ type: 'identify', event: undefined }),
    );
    expect((await collector.get<EventsResponse>(`events?${query}`)).events).toHaveLength(count);
  });
});

describe('people', () => {
  test('have all ids that were joined, directly or through others, with their events', async () => {
    await collector.send(aMessage({ userId: undefined, anonymousId: 'browser', event: 'Visited' }));
    await collector.send(aMessage({ userId: 'ada', anonymousId: 'browser', event: 'Bought' }));
    await collector.send(aMessage({ type: 'alias', previousId: 'old-ada', userId: 'ada', event: undefined }));
    await collector.send(aMessage({ userId: 'old-ada', event: 'Migrated' }));
    await collector.send(aMessage({ userId: 'grace', event: 'Bought' }));
    const { people, more } = await collector.get<PeopleResponse>('people');
    expect(people).toMatchObject([
      { platform: 'segment', ids: ['grace'], idCount: 1, events: { delivered: 1 } },
      { platform: 'segment', ids: ['browser', 'ada', 'old-ada'], idCount: 3, events: { delivered: 4 } },
    ]);
    expect(more).toBe(false);
    for (const id of ['browser', 'ada', 'old-ada']) {
      const found = await collector.get<EventsResponse>(`events?person=${id}&kind=track`);
      expect(names(found)).toEqual(['Migrated', 'Bought', 'Visited']);
    }
    expect((await collector.get<PeopleResponse>('people?search=OLD')).people).toHaveLength(1);
    expect(await collector.get<PeopleResponse>('people?limit=1')).toMatchObject({ more: true });
  });
});

describe('requests', () => {
  test('are listed without their bodies, and shown whole with their events and their answer', async () => {
    await collector.send(aMessage({ event: 'a' }), aMessage({ event: 'b' }));
    const { requests } = await collector.get<RequestsResponse>('requests');
    expect(requests).toMatchObject([{ platform: 'segment', events: 2, status: 200, isCut: false }]);
    expect(Object.keys(requests[0]!)).not.toContain('body');
    const { request, events } = await collector.get<RequestResponse>(`requests/${requests[0]!.number}`);
    expect(JSON.parse(request.body)).toMatchObject({ batch: [{ event: 'a' }, { event: 'b' }] });
    expect(request.bodyLength).toBe(request.body.length);
    expect(request.headers['content-type']).toBe('application/json');
    expect(events.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('are found by a text in their body', async () => {
    await collector.send(aMessage({ event: 'Needle' }));
    await collector.send(aMessage());
    expect((await collector.get<RequestsResponse>('requests?search=needle')).requests).toHaveLength(1);
  });

  test('are not found by their credentials, which are hidden where a request is shown', async () => {
    await collector.send(aMessage({ properties: { apiKey: 'k-7f3a90', plan: 'pro' } }));
    expect((await collector.get<RequestsResponse>('requests?search=7f3a90')).requests).toEqual([]);
    expect((await collector.get<RequestsResponse>(`requests?search=${btoa('key:')}`)).requests).toEqual([]);
    expect((await collector.get<RequestsResponse>('requests?search=hidden')).requests).toEqual([]);
    expect((await collector.get<RequestsResponse>('requests?search=plan')).requests).toHaveLength(1);
    expect((await collector.get<EventsResponse>('events?search=7f3a90')).events).toEqual([]);
    for (const path of ['requests/1', 'events/1', 'events', 'requests', 'invalid', 'stats', 'people'])
      expect(await (await collector.call(path)).text()).not.toContain('7f3a90');
  });

  test('that are not kept get a 404, not a server error', async () => {
    const response = await collector.call('requests/7');
    expect(response.status).toBe(404);
    expect(((await response.json()) as ErrorResponse).error).toContain('Nothing with this number is kept');
  });
});

test('invalid lists events and requests that break a rule, and nothing else', async () => {
  await collector.send(aMessage(), aMessage({ userId: undefined, event: 'Nobody' }));
  const { events, requests } = await collector.get<InvalidResponse>('invalid');
  expect(events).toMatchObject([{ name: 'Nobody', outcome: 'dropped' }]);
  expect(events[0]!.problems).toHaveLength(1);
  expect(requests).toEqual([]);
});

describe('reset', () => {
  test('forgets counts, lists and scripted answers, and gives no number twice', async () => {
    await collector.call('answers', 'POST', [{ answer: 'error', platform: 'segment', requests: 5 }]);
    await collector.call('reset?keep=answers', 'POST');
    expect(await collector.get<ScriptedAnswer[]>('answers')).toHaveLength(1);
    await collector.call('reset', 'POST');
    expect(await collector.get('answers')).toEqual([]);

    const again = aMessage();
    await collector.send(again);
    const before = await collector.get<EventsResponse>('events');
    const reset = await collector.call('reset', 'POST');
    expect(await reset.json()).toMatchObject({ names: [], kept: { events: 0, people: 0, repetitions: 0 } });
    await collector.send(again);
    const after = await collector.get<EventsResponse>('events');
    expect(after.events).toMatchObject([{ outcome: 'delivered' }]);
    expect(after.events[0]!.number).toBeGreaterThan(before.events[0]!.number);
  });
});

describe('a request that the API cannot answer', () => {
  test.each([
    ['GET', 'events?platfrom=segment', 400, 'Use only platform, search, limit, kind, name, person,'],
    ['GET', 'requests/1?x=1', 400, 'Remove it.'],
    ['GET', 'events?limit=0', 400, 'Give a whole number from 1 to 1,000.'],
    ['GET', 'events?limit=1001', 400, 'Give a whole number from 1 to 1,000.'],
    ['GET', 'events?limit=1e2', 400, 'Give a whole number from 1 to 1,000.'],
    ['GET', 'events?after=-1', 400, 'Give a whole number from 0'],
    ['GET', 'events?outcome=lost', 400, 'Give one of delivered, duplicate, rejected, dropped.'],
    ['GET', 'events?platform=unknown', 400, 'Give one of'],
    ['GET', 'events?person=', 400, 'Give an id.'],
    ['GET', 'events?kind=track&kind=page', 400, 'kind is given twice'],
    ['GET', 'events?__proto__=1', 400, 'a query parameter that this path does not have'],
    ['GET', 'nothing', 404, '/_collector/requests/<number>'],
    ['GET', '__proto__', 404, 'no such path'],
    ['GET', 'requests/seven', 404, 'no such path'],
    ['GET', 'requests/1/2', 404, 'no such path'],
    ['GET', 'events/', 404, 'no such path'],
    ['DELETE', 'events', 405, 'Use GET.'],
    ['GET', 'reset', 405, 'Use POST.'],
    ['PUT', 'answers', 405, 'Use GET or POST or DELETE.'],
    ['POST', 'reset?keep=all', 400, 'Give one of answers.'],
    ['POST', 'answers', 400, 'not JSON'],
  ])('%s %s: %i, and nothing changes', async (method, path, status, sentence) => {
    await collector.send(aMessage());
    const before = await collector.get<StatsResponse>('stats');
    const response = await collector.call(path, method, method === 'POST' ? '{' : undefined);
    expect(response.status).toBe(status);
    expect(((await response.json()) as ErrorResponse).error).toContain(sentence);
    expect(await collector.get<StatsResponse>('stats')).toEqual({ ...before, now: expect.any(Number) });
  });

  test('names the methods that a path has', async () => {
    expect((await collector.call('answers', 'PUT')).headers.get('allow')).toBe('GET, POST, DELETE');
  });
});

test('scripted answers end for one platform alone, or for all', async () => {
  const scripted = [
    { answer: 'error', platform: 'segment' },
    { answer: 'error', platform: 'posthog' },
  ];
  await collector.call('answers', 'POST', scripted);
  await collector.call('answers?platform=segment', 'DELETE');
  expect(await collector.get<ScriptedAnswer[]>('answers')).toMatchObject([{ platform: 'posthog' }]);
  expect((await collector.send(aMessage())).status).toBe(200);
  expect(await (await collector.call('answers', 'DELETE')).json()).toEqual([]);
});

test('HEAD answers as GET does, without a body', async () => {
  const response = await collector.call('stats', 'HEAD');
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(response.headers.get('content-type')).toContain('application/json');
});
