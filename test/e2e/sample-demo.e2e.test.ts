import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TrackingStats } from 'nestjs-tracking';
import { audit, type PlatformAudit } from '../../sample-app/demo/audit.js';
import { CollectorClient } from '../../sample-app/demo/collector-client.js';
import type { ClosedShop } from '../../sample-app/demo/disagreements.js';
import { customer, type Person } from '../../sample-app/demo/happening.js';
import { Ledger } from '../../sample-app/demo/ledger.js';
import { progressHead, progressLine } from '../../sample-app/demo/demo.messages.js';
import { verdict } from '../../sample-app/demo/report.js';
import { PLATFORMS, type Platform } from '../../sample-app/demo/settings.js';
import { ACollector } from '../collector/a-collector.js';

const SHOP = 'http://shop';
const AT = Date.UTC(2026, 2, 1, 10);
const ADA = customer('ada');
const GRACE = customer('grace');

let collector: ACollector;
let ledger: Ledger;

beforeEach(async () => {
  collector = await ACollector.start();
  ledger = new Ledger();
});

afterEach(() => collector.close());

/** An event that a shop sends to a platform; the same id is the same event. */
const SEND: Readonly<
  Record<Platform, (person: string, name: string, at: number, id: string) => Promise<Response>>
> = {
  kissmetrics: (person, name, at) => {
    const query = new URLSearchParams({ _k: 'key', _p: person, _n: name, _t: String(at / 1_000), _d: '1' });
    return fetch(`${collector.url}/kissmetrics/e?${query.toString()}`);
  },
  posthog: (person, name, at, id) => {
    const timestamp = new Date(at).toISOString();
    const batch = [{ event: name, distinct_id: person, uuid: id, timestamp, properties: {} }];
    return fetch(`${collector.url}/posthog/batch/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: 'phc_key', batch, sent_at: timestamp }),
    });
  },
};

let made = 0;

/** An event that arrives at the given platforms. */
async function sent(
  person: Person,
  name: string,
  { at = AT, times = 1, to = PLATFORMS }: { at?: number; times?: number; to?: readonly Platform[] } = {},
): Promise<void> {
  const id = `018f2d0a-1111-7222-8333-${String(++made).padStart(12, '0')}`;
  for (const platform of to) {
    for (let time = 0; time < times; time++) {
      const { status } = await SEND[platform](person[platform], name, at, id);
      expect(status).toBe(200);
    }
  }
}

function done(person: Person, name: string, from = AT, until = from, key?: string): void {
  ledger.happened(SHOP, { person, name, from, until }, key);
}

function audited(): Promise<PlatformAudit[]> {
  return audit(ledger, new CollectorClient(collector.url));
}

async function problems(): Promise<string[]> {
  return (await audited()).flatMap((each) => each.problems);
}

/** A shop whose `stats()` equals the ledger, apart from the given members. */
function shop(said: Partial<TrackingStats> = {}, lane: object = {}): ClosedShop {
  const { calls, accepted, duplicates, suppressed, rolledBack } = ledger.of(SHOP);
  const posthog = {
    accepted,
    recovered: 0,
    adopted: 0,
    delivered: accepted,
    pending: 0,
    handedOver: 0,
    dead: 0,
    dropped: {},
    declined: {},
  };
  const stats = {
    called: calls,
    accepted,
    duplicate: duplicates,
    rejected: {},
    suppressed: { when: suppressed, rolled_back: rolledBack },
    lanes: { kissmetrics: posthog, posthog: { ...posthog, ...lane } },
    ...said,
  };
  return { name: 'shop', url: SHOP, report: { stats: stats as unknown as TrackingStats, byName: {} } };
}

describe('the audit of the demo', () => {
  test('agrees when each event is at both platforms, also if it was repeated', async () => {
    done(ADA, 'Order Completed');
    done(ADA, 'Looked', AT + 1_200, AT + 2_300);
    await sent(ADA, 'Order Completed', { times: 2 });
    await sent(ADA, 'Looked', { at: AT + 2_000 });

    const both = await audited();
    expect(both.map(({ title, problems: found }) => [title, found])).toEqual([
      ['KISSmetrics', []],
      ['PostHog', []],
    ]);
    for (const { rows } of both) {
      expect(rows).toEqual([
        { name: 'Order Completed', done: 1, arrived: 1, doubled: 0, repeats: 1 },
        { name: 'Looked', done: 1, arrived: 1, doubled: 0, repeats: 0 },
      ]);
    }
  });

  test('reports an event that is at one platform only', async () => {
    done(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed', { to: ['kissmetrics'] });
    expect(await problems()).toEqual(["PostHog: 'Order Completed' of ada did not arrive."]);
  });

  test('sees an event that one platform counts twice', async () => {
    done(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed', { to: ['posthog'] });
    expect(await problems()).toEqual(["PostHog: 'Order Completed' of ada is counted twice."]);
    expect((await audited())[1]!.rows[0]).toMatchObject({ arrived: 1, doubled: 1 });
  });

  test('sees an event at the wrong person, and in the wrong second', async () => {
    done(ADA, 'Order Completed');
    done(GRACE, 'Order Completed', AT + 5_000);
    done(GRACE, 'Looked');
    await sent(GRACE, 'Order Completed', { to: ['kissmetrics'] });
    await sent(GRACE, 'Looked', { at: AT + 1_000, to: ['kissmetrics'] });

    const [kissmetrics] = await audited();
    expect(kissmetrics!.problems).toHaveLength(5);
  });

  test("sees an event under another platform's id of a visitor", async () => {
    const visitor = { kissmetrics: 'a cookie', posthog: '018f2d0a-1111-7222-8333-444455556666' };
    done(visitor, 'Looked');
    await sent({ kissmetrics: visitor.posthog, posthog: visitor.posthog }, 'Looked');
    expect(await problems()).toEqual([
      "KISSmetrics: 'Looked' of a cookie did not arrive.",
      'KISSmetrics: 1 event of people whom the shop does not know arrived.',
    ]);
  });

  test('reports unexpected events, also those of unknown people', async () => {
    done(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed');
    await sent(ADA, 'Order Refunded', { to: ['posthog'] });
    await sent(customer('mallory'), 'Order Completed', { to: ['posthog'] });

    expect(await problems()).toEqual([
      "PostHog: 'Order Refunded' of ada arrived, but the shop never answered such a request.",
      'PostHog: 1 event of people whom the shop does not know arrived.',
    ]);
  });

  test('expects an alias at KISSmetrics only, whichever id comes first', async () => {
    ledger.aliased(SHOP, ADA, 'a cookie', { asked: AT, answered: AT });
    expect(await problems()).toEqual(["KISSmetrics: 'alias' of ada did not arrive."]);
    await fetch(`${collector.url}/kissmetrics/a?_k=key&_p=a+cookie&_n=ada`);
    expect(await problems()).toEqual([]);
  });

  test('reads a list that is longer than one answer of the collector', async () => {
    const names = Array.from({ length: 1_100 }, (_, number) => `Looked ${number}`);
    for (const name of names) done(ADA, name);
    const timestamp = new Date(AT).toISOString();
    const batch = names.map((event, at) => ({
      event,
      distinct_id: 'ada',
      uuid: `018f2d0a-2222-7222-8333-${String(at).padStart(12, '0')}`,
      timestamp,
      properties: {},
    }));
    const body = JSON.stringify({ api_key: 'phc_key', batch, sent_at: timestamp });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${collector.url}/posthog/batch/`, { method: 'POST', headers, body });
    expect((await audited())[1]!.problems).toEqual([]);
  });

  test('knows how long after the answer an event arrived', async () => {
    const now = Date.now();
    done(ADA, 'Order Completed', now);
    await sent(ADA, 'Order Completed', { at: Math.floor(now / 1_000) * 1_000 });
    const [kissmetrics] = await audited();
    const { events } = await collector.get<{ events: { receivedAt: number }[] }>(
      'events?platform=kissmetrics',
    );
    expect(kissmetrics!.delays).toEqual([{ answered: now, ms: events[0]!.receivedAt - now }]);
  });
});

describe('the audit of a demo with a kill', () => {
  const KILLED = AT + 10_000;
  const call = (asked: number, waited = false) => ({ asked, answered: asked + 20, waited });
  const happened = (name: string, key: string | undefined, made: ReturnType<typeof call>): void =>
    ledger.happened(SHOP, { person: ADA, name, from: AT, until: AT }, key, made);

  test('still reports missing events that were committed or older than a moment', async () => {
    happened('Order Completed', undefined, call(KILLED - 500));
    happened('Payment Received', undefined, call(KILLED - 30, true));
    ledger.killed(SHOP, KILLED, KILLED + 50);
    for (const each of await audited()) expect(each.problems).toHaveLength(2);
  });

  test('accepts that an event is missing if it may not have been on disk or was never answered, and counts it if it arrived', async () => {
    happened('Looked', undefined, call(KILLED - 30));
    happened('Signed In', undefined, call(KILLED - 30));
    ledger.cutOff(SHOP, { person: ADA, name: 'Order Completed', from: KILLED - 5, until: KILLED + 5 });
    ledger.killed(SHOP, KILLED, KILLED + 50);
    await sent(ADA, 'Looked');

    for (const { problems: found, unsure } of await audited()) {
      expect(found).toEqual([]);
      expect(unsure).toEqual({ 'cut off': { total: 1, arrived: 0 }, unwritten: { total: 2, arrived: 1 } });
    }
  });

  test('accepts that an event after the last commit is missing, however long before the kill', async () => {
    happened('Payment Received', undefined, call(KILLED - 5_000, true));
    happened('Order Completed', undefined, call(KILLED - 4_000));
    const slow = { asked: KILLED - 3_000, answered: KILLED - 2_000, waited: true };
    happened('Trial Started', undefined, slow);
    ledger.killed(SHOP, KILLED, KILLED + 50);
    for (const { title, problems: found } of await audited()) {
      expect(found).toEqual([`${title}: 'Payment Received' of ada did not arrive.`]);
    }
  });

  test('accepts the events of a sign-up that was cut off, and no more', async () => {
    ledger.signUpsCutOff = 1;
    await sent(customer('unknown'), 'Signed Up');
    expect(await problems()).toEqual([]);
    for (let time = 1; time < 5; time++)
      await sent(customer('unknown'), 'Signed Up', { at: AT + time * 1_000 });
    expect(await problems()).toHaveLength(2);
  });

  test('still reports an event that arrived twice, with two times', async () => {
    happened('Order Completed', undefined, call(KILLED - 500));
    ledger.killed(SHOP, KILLED, KILLED + 50);
    await sent(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed', { at: AT + 1_000 });
    expect(await problems()).toHaveLength(2);
  });

  test('counts the next process by itself, and leaves open whether it knows a key of the one before', () => {
    happened('Payment Received', 'p1', call(AT));
    happened('Payment Received', 'p2', call(AT));
    ledger.killed(SHOP, KILLED, KILLED + 50);
    happened('Payment Received', 'p1', call(KILLED + 100));
    happened('Payment Received', 'p3', call(KILLED + 100));

    expect(ledger.dead).toMatchObject([{ calls: 2, accepted: 2 }]);
    expect(ledger.of(SHOP)).toMatchObject({ calls: 2, accepted: 1, either: 1, duplicates: 0 });
  });
});

describe('the verdict of the demo', () => {
  const judge = async (shops: readonly ClosedShop[], details = false) =>
    verdict({ shops, ledger, audits: await audited(), outageAt: AT, surprises: [] }, details);

  beforeEach(async () => {
    done(ADA, 'Payment Received', AT, AT, 'p1');
    done(ADA, 'Payment Received', AT, AT, 'p1');
    await sent(ADA, 'Payment Received');
  });

  test('is one table and a line when all accounts agree', async () => {
    const { agrees, text } = await judge([shop()]);
    expect(agrees).toBe(true);
    expect(text).toContain('0 lost, 0 counted twice');
    expect(text).toMatch(/KISSmetrics +1 +1 +0 +0 +0 +0\n +PostHog +1 +1 +0 +0 +0 +0\n/);
    expect(text.match(/^ *-+ {2}-/gm)).toHaveLength(1);
  });

  test('fits 80 columns, with a name for every column, also in detail', async () => {
    ledger.crossed.set('Payment Received', 1);
    await sent(ADA, 'Payment Received');
    done(ADA, 'Order Completed', AT + 100);
    ledger.killed(SHOP, AT + 120, AT + 130);
    const { text } = await judge([{ ...shop(), lastWords: shop().report }], true);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const rules = [...lines.keys()].filter((at) => /^ *-+ {2}-/.test(lines[at]!));
    expect(rules.length).toBeGreaterThan(4);
    for (const at of rules) {
      const columns = [...lines[at]!.matchAll(/-+/g)].map(({ index, 0: { length } }) =>
        lines[at - 1]!.slice(index, index + length),
      );
      expect(columns.map((column) => column.trim())).not.toContain('');
    }
  });

  test('uses the singular for one payment that went to both shops', async () => {
    ledger.crossed.set('Payment Received', 1);
    const other = customer('grace');
    done(other, 'Looked');
    await sent(other, 'Looked', { times: 2 });
    expect((await judge([shop()])).text.replaceAll(/\s+/g, ' ')).toContain('1 payment was submitted to both');
  });

  test('does not agree when something is lost, and then shows the details', async () => {
    done(ADA, 'Order Completed');
    const { agrees, text } = await judge([shop()]);
    expect(agrees).toBe(false);
    expect(text).toContain('DO NOT agree: 2 lost, 0 counted twice');
    expect(text).toContain('PostHog, by event:');
  });

  test('reports events for a platform that is down at the end as pending, not lost', async () => {
    done(ADA, 'Order Completed');
    await sent(ADA, 'Order Completed', { to: ['kissmetrics'] });
    const { agrees, text } = await judge([shop({}, { delivered: 1, handedOver: 1 })]);
    expect(agrees).toBe(false);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'PostHog: 1 event was still pending when the shops closed. The column "lost" includes those, but they are not lost',
    );
    expect((await judge([shop()])).text).not.toContain('still pending');
  });

  test.each(PLATFORMS)('does not agree when %s counts an event twice', async (platform) => {
    // Another second: KISSmetrics knows a repetition by its second.
    done(ADA, 'Looked', AT, AT + 1_000);
    await sent(ADA, 'Looked');
    await sent(ADA, 'Looked', { at: AT + 1_000, to: [platform] });
    const { agrees, text } = await judge([shop()]);
    expect(agrees).toBe(false);
    expect(text).toContain('0 lost, 1 counted twice');
  });

  test('does not agree when something is counted twice', async () => {
    await sent(ADA, 'Payment Received', { to: ['posthog'] });
    const { agrees, text } = await judge([shop()]);
    expect(agrees).toBe(false);
    expect(text).toContain('0 lost, 1 counted twice');
  });

  test('does not agree when a shopper met a surprise', async () => {
    const audits = await audited();
    const surprises = ['Shopper 1: an order was answered with 500.'];
    expect(verdict({ shops: [shop()], ledger, audits, outageAt: AT, surprises }).agrees).toBe(false);
  });

  test('does not agree when events that a killed process had on disk were not taken over', async () => {
    const { report } = shop({}, { pending: 5 });
    expect((await judge([{ ...shop(), lastWords: report }])).agrees).toBe(false);
    expect((await judge([{ ...shop({}, { adopted: 5, delivered: 6 }), lastWords: report }])).agrees).toBe(
      true,
    );
  });

  test('knows the events that were rolled back, and does not agree when a shop has other counts', async () => {
    ledger.rolledBack(SHOP, AT);
    const { agrees, text } = await judge([shop()], true);
    expect(agrees).toBe(true);
    expect(text).toMatch(/rolled back by `hold\(\)` +1 +1/);
    const suppressed = { when: 1 } as TrackingStats['suppressed'];
    expect((await judge([shop({ suppressed })])).agrees).toBe(false);
  });

  test.each<[string, Partial<TrackingStats>, object]>([
    ['another number of duplicates', { duplicate: 0, accepted: 2 }, {}],
    ['pending events', {}, { delivered: 0, pending: 1 }],
    ['dropped events', {}, { dropped: { closed: 1 } }],
    ['a dead letter', {}, { dead: 1 }],
    ['events left in the journal', {}, { handedOver: 1 }],
    ['an event that one platform declined', {}, { accepted: 0, delivered: 0, declined: { no_identity: 1 } }],
  ])('does not agree when a shop has %s', async (_, said, lane) => {
    expect((await judge([shop(said, lane)])).agrees).toBe(false);
  });

  test('reports how the other platform continued during the outage', async () => {
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    done(GRACE, 'Looked', now);
    done(GRACE, 'Looked', now - 5_000);
    await sent(GRACE, 'Looked', { at: now });
    await sent(GRACE, 'Looked', { at: now - 5_000 });
    const { text } = verdict({
      shops: [shop()],
      ledger,
      audits: await audited(),
      outageAt: now - 10,
      surprises: [],
    });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'PostHog was down for 6 s. KISSmetrics got 1 event from its first seconds, before the kill, half of them at most',
    );
  });
});

test('the lines during the demo have their numbers below the words of the head', () => {
  const platforms = [
    { arrived: 1_234, pending: 5 },
    { arrived: 99, pending: 12_000 },
  ];
  const [names, head] = progressHead(['KISSmetrics', 'PostHog']).split('\n');
  const line = progressLine(7, platforms);
  const ends = (text: string): number[] =>
    [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => index + word.length);
  expect(ends(line).slice(1)).toEqual(ends(head!));
  expect(ends(names!)).toEqual([ends(head!)[2], ends(head!)[4]]);
  expect(line.length).toBeLessThan(80);
});
