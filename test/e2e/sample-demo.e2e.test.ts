import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Collector, startCollector } from '../../sample-app/collector/start-collector.js';
import { audit } from '../../sample-app/demo/audit.js';
import { CollectorClient } from '../../sample-app/demo/collector-client.js';
import { Ledger } from '../../sample-app/demo/ledger.js';
import { type ClosedShop, verdict } from '../../sample-app/demo/report.js';
import type { TrackingStats } from 'nestjs-tracking';

const SHOP = 'http://shop';
const AT = Date.UTC(2026, 2, 1, 10);

let collector: Collector;
let ledger: Ledger;

beforeEach(async () => {
  collector = await startCollector();
  ledger = new Ledger();
});

afterEach(() => collector.close());

/** What a shop would have sent. */
async function sent(person: string, name: string, at = AT): Promise<void> {
  const query = new URLSearchParams({ _k: 'key', _p: person, _n: name, _t: String(at / 1_000), _d: '1' });
  await (await fetch(`${collector.url}/e?${query.toString()}`)).arrayBuffer();
}

function done(person: string, name: string, from = AT, until = from, key?: string): void {
  ledger.happened(SHOP, { person, name, from, until }, key);
}

async function problems(): Promise<readonly string[]> {
  return (await audit(ledger, new CollectorClient(collector.url))).problems;
}

/** A shop that says of itself what the ledger says, unless told otherwise. */
function shop(said: Partial<TrackingStats> = {}, lane: object = {}): ClosedShop {
  const { calls, accepted, duplicates, suppressed, rolledBack } = ledger.of(SHOP);
  const kissmetrics = {
    recovered: 0,
    adopted: 0,
    delivered: accepted,
    retries: 0,
    pending: 0,
    handedOver: 0,
    dead: 0,
    dropped: {},
    ...lane,
  };
  const stats = {
    called: calls,
    accepted,
    duplicate: duplicates,
    rejected: {},
    suppressed: { when: suppressed, rolled_back: rolledBack },
    lanes: { kissmetrics },
    ...said,
  };
  return { name: 'shop', url: SHOP, report: { stats: stats as unknown as TrackingStats, byName: {} } };
}

describe('the audit of the demo', () => {
  test('agrees when each event is there, once or more often', async () => {
    done('ada', 'Order Completed');
    done('ada', 'Looked', AT + 1_200, AT + 2_300);
    await sent('ada', 'Order Completed');
    await sent('ada', 'Order Completed');
    await sent('ada', 'Looked', AT + 2_000);

    expect(await problems()).toEqual([]);
  });

  test('misses an event that did not arrive', async () => {
    done('ada', 'Order Completed');
    expect(await problems()).toEqual([`missing: Order Completed of ada, second ${AT / 1_000}`]);
  });

  test('sees an event at the wrong person, and in the wrong second', async () => {
    done('ada', 'Order Completed');
    done('grace', 'Order Completed', AT + 5_000);
    done('grace', 'Looked');
    await sent('grace', 'Order Completed');
    await sent('grace', 'Looked', AT + 1_000);

    expect(await problems()).toHaveLength(5);
  });

  test('sees what nobody did, also of people whom nobody knows', async () => {
    done('ada', 'Order Completed');
    await sent('ada', 'Order Completed');
    await sent('ada', 'Order Refunded');
    await sent('mallory', 'Order Completed');

    expect(await problems()).toEqual([
      `unexpected: Order Refunded of ada, second ${AT / 1_000}`,
      '1 request for unknown people',
    ]);
  });
});

describe('the audit of a demo with a kill', () => {
  const KILLED = AT + 10_000;
  const call = (asked: number, waited = false) => ({ asked, answered: asked + 20, waited });
  const happened = (name: string, key: string | undefined, made: ReturnType<typeof call>): void =>
    ledger.happened(SHOP, { person: 'ada', name, from: AT, until: AT }, key, made);

  test('still misses what was committed, and what was older than a moment', async () => {
    happened('Order Completed', undefined, call(KILLED - 500));
    happened('Payment Received', undefined, call(KILLED - 30, true));
    ledger.killed(SHOP, KILLED, KILLED + 50);
    expect(await problems()).toHaveLength(2);
  });

  test('does not miss what may not have been on disk, or was never answered, and takes it if it is there', async () => {
    happened('Looked', undefined, call(KILLED - 30));
    happened('Signed In', undefined, call(KILLED - 30));
    ledger.cutOff(SHOP, { person: 'ada', name: 'Order Completed', from: KILLED - 5, until: KILLED + 5 });
    ledger.killed(SHOP, KILLED, KILLED + 50);
    await sent('ada', 'Looked');

    const { problems: found, unsure } = await audit(ledger, new CollectorClient(collector.url));
    expect(found).toEqual([]);
    expect(unsure).toEqual({ 'cut off': { total: 1, arrived: 0 }, unwritten: { total: 2, arrived: 1 } });
  });

  test('sees what arrived twice all the same, under two times', async () => {
    happened('Order Completed', undefined, call(KILLED - 500));
    ledger.killed(SHOP, KILLED, KILLED + 50);
    await sent('ada', 'Order Completed');
    await sent('ada', 'Order Completed', AT + 1_000);
    expect(await problems()).toEqual([`unexpected: Order Completed of ada, second ${AT / 1_000 + 1}`]);
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
  const judge = async (...shops: ClosedShop[]) =>
    verdict(shops, ledger, await audit(ledger, new CollectorClient(collector.url)), []);

  beforeEach(async () => {
    done('ada', 'Payment Received', AT, AT, 'p1');
    done('ada', 'Payment Received', AT, AT, 'p1');
    await sent('ada', 'Payment Received');
  });

  test('agrees when all three accounts do', async () => {
    expect(await judge(shop())).toMatchObject({ agrees: true });
  });

  test('names every column, and counts one in the singular', async () => {
    ledger.crossed.set('Payment Received', 1);
    const { text } = await judge(shop());
    const heads = text.split('\n').filter((_, at, lines) => /^ *-+ /.test(lines[at + 1] ?? ''));
    expect(heads).toHaveLength(2);
    for (const [at, head] of heads.entries()) {
      const rule = text.split('\n').filter((line) => /^ *-+ /.test(line))[at]!;
      const columns = [...rule.matchAll(/-+/g)].map(({ index, 0: { length } }) =>
        head.slice(index, index + length),
      );
      expect(columns.map((column) => column.trim())).not.toContain('');
    }
    expect(text).toContain('1 Payment Received event went to more than one process.');
  });

  test('does not when something is lost', async () => {
    done('ada', 'Order Completed');
    const { agrees, text } = await judge(shop());
    expect(agrees).toBe(false);
    expect(text).toContain('DO NOT agree');
  });

  test('does not when what a killed process had on disk was not taken over', async () => {
    const { report } = shop({}, { pending: 5 });
    expect((await judge({ ...shop(), lastWords: report })).agrees).toBe(false);
    expect((await judge({ ...shop({}, { adopted: 5, delivered: 6 }), lastWords: report })).agrees).toBe(true);
  });

  test('knows what was rolled back, and does not agree when a shop says something else', async () => {
    ledger.rolledBack(SHOP, AT);
    const { agrees, text } = await judge(shop());
    expect(agrees).toBe(true);
    expect(text).toMatch(/rolled back by `hold\(\)` +1 +1 +1/);
    expect((await judge(shop({ suppressed: { when: 1 } as TrackingStats['suppressed'] }))).agrees).toBe(
      false,
    );
  });

  test('does not when a shop says something else than happened', async () => {
    expect((await judge(shop({ duplicate: 0, accepted: 2 }))).agrees).toBe(false);
    expect((await judge(shop({}, { delivered: 0, pending: 1 }))).agrees).toBe(false);
    expect((await judge(shop({}, { dropped: { closed: 1 } }))).agrees).toBe(false);
    expect((await judge(shop({}, { dead: 1 }))).agrees).toBe(false);
    expect((await judge(shop({}, { handedOver: 1 }))).agrees).toBe(false);
  });
});
