import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Ledger } from '../../lib/collector/ledger/ledger.js';
import type { OutcomeCounts } from '../../lib/collector/ledger/figures.js';
import type { ReadEvent } from '../../lib/collector/platform.js';
import { ALedger, anEvent, aPlatform } from './a-ledger.js';

let some: ALedger;
let ledger: Ledger;
beforeEach(() => {
  some = new ALedger();
  ({ ledger } = some);
});

const OUTCOMES = ['delivered', 'duplicate', 'rejected', 'dropped'] as const;
const sums = (rows: readonly OutcomeCounts[]) =>
  OUTCOMES.map((outcome) => rows.reduce((sum, row) => sum + row[outcome], 0));

describe('totals', () => {
  const events: fc.Arbitrary<ReadEvent> = fc
    .record({
      kind: fc.constantFrom('track', 'identify', 'alias', 'page'),
      name: fc.oneof(fc.constantFrom('a', 'A', 'b c', '__proto__', ''), fc.string({ maxLength: 400 })),
      userId: fc.option(fc.constantFrom('ada', 'grace')),
      outcome: fc.constantFrom('delivered', 'rejected', 'dropped'),
      repetition: fc.option(fc.nat(30).map(String), { nil: undefined }),
    })
    .map((more) => anEvent(more as Partial<ReadEvent>));

  test('are exact: each event of a request that is kept has one outcome, in all rows that count it', () => {
    const requests = fc.array(fc.record({ events: fc.array(events), kept: fc.boolean(), two: fc.boolean() }));
    fc.assert(
      fc.property(requests, (all) => {
        const made = new ALedger();
        const seen = new Set<string>();
        const expected = { delivered: 0, duplicate: 0, rejected: 0, dropped: 0 };
        for (const { events: sent, kept, two } of all) {
          const platform = two ? 'two' : 'one';
          made.add(sent, { platform, kept });
          for (const { outcome, repetition } of kept ? sent : []) {
            const key = `${platform}/${String(repetition)}`;
            const isRepeated = outcome === 'delivered' && repetition !== undefined && seen.has(key);
            if (outcome === 'delivered') seen.add(key);
            expected[isRepeated ? 'duplicate' : outcome]++;
          }
        }
        const counts = OUTCOMES.map((outcome) => expected[outcome]);
        const { ledger: counting } = made;
        expect(sums(counting.platformCounts())).toEqual(counts);
        expect(sums(counting.nameCounts())).toEqual(counts);
        const listed = counting.events({ limit: Infinity });
        expect(listed.next).toBeNull();
        expect(OUTCOMES.map((word) => listed.found.filter(({ outcome }) => outcome === word).length)).toEqual(
          counts,
        );
        expect(counting.platformCounts().map(({ requests: count }) => count)).toEqual([
          all.filter(({ two }) => !two).length,
          all.filter(({ two }) => two).length,
        ]);
      }),
    );
  });

  test('count a failed request, and none of its events, which their sender still has', () => {
    some.add([anEvent()], { kept: false, status: 503, scripted: 'error' });
    some.add([anEvent()], { kept: false, status: null, scripted: 'down' });
    expect(ledger.platformCounts()[0]).toMatchObject({
      requests: 2,
      failedRequests: 2,
      delivered: 0,
      rejected: 0,
      dropped: 0,
    });
    some.add([anEvent({ repetition: 'x' })], { kept: false });
    some.add([anEvent({ repetition: 'x' })]);
    expect(ledger.platformCounts()[0]).toMatchObject({ delivered: 1, duplicate: 0 });
  });
});

describe('counts by name', () => {
  test('have one row for all names beyond a number, and for names that are too long', () => {
    for (let i = 0; i < 700; i++) some.add([anEvent({ name: `name ${i}` }), anEvent({ name: 'name 3' })]);
    some.add([anEvent({ name: 'n'.repeat(10_000) })]);
    const rows = ledger.nameCounts();
    expect(rows).toHaveLength(501);
    expect(rows.find(({ name }) => name === 'name 3')!.delivered).toBe(701);
    expect(rows.find(({ name }) => name === null)).toMatchObject({ kind: 'track', delivered: 201 });
  });

  test('of one platform leave room for those of another', () => {
    for (let i = 0; i < 700; i++) some.add([anEvent({ name: `name ${i}` })]);
    some.add([anEvent({ name: 'Paid' })], { platform: 'two' });
    expect(ledger.nameCounts().at(-1)).toMatchObject({ platform: 'two', name: 'Paid', delivered: 1 });
  });

  test('never mistake one name for another, whatever is in it', () => {
    const names = ['a', 'A', ' a', 'track a', '__proto__', 'constructor', 'toString', ''];
    some.add(names.flatMap((name) => [anEvent({ name }), anEvent({ kind: 'page', name })]));
    expect(ledger.nameCounts().map(({ kind, name, delivered }) => [kind, name, delivered])).toEqual([
      ...names.map((name) => ['track', name, 1]),
      ...names.map((name) => ['page', name, 1]),
    ]);
  });

  test('have no row for each group or each other id of an alias', () => {
    some.add(
      ['a', 'b'].flatMap((name) => [anEvent({ kind: 'group', name }), anEvent({ kind: 'alias', name })]),
    );
    expect(ledger.nameCounts()).toMatchObject([
      { kind: 'group', name: '', delivered: 2 },
      { kind: 'alias', name: '', delivered: 2 },
    ]);
  });

  test('treat names that differ in case as one where the platform does, and show the first', () => {
    some = new ALedger([aPlatform('one', { ignoresCase: true }), aPlatform('two')]);
    for (const platform of ['one', 'two'])
      for (const name of ['Order Paid', 'ORDER paid']) some.add([anEvent({ name })], { platform });
    expect(some.ledger.nameCounts().map(({ platform, name }) => [platform, name])).toEqual([
      ['one', 'Order Paid'],
      ['two', 'Order Paid'],
      ['two', 'ORDER paid'],
    ]);
    expect(some.ledger.events({ name: 'order paid' }).found.map(({ platform }) => platform)).toEqual([
      'one',
      'one',
    ]);
  });
});

describe('repetitions', () => {
  const outcomes = () =>
    ledger
      .events()
      .found.map(({ outcome }) => outcome)
      .toReversed();

  test('are recognised within a request and between requests, at one platform only', () => {
    some.add([anEvent({ repetition: 'x' }), anEvent({ repetition: 'x' })]);
    some.add([anEvent({ repetition: 'x' }), anEvent({ repetition: 'x ' })]);
    some.add([anEvent({ repetition: 'x' })], { platform: 'two' });
    expect(outcomes()).toEqual(['delivered', 'duplicate', 'duplicate', 'delivered', 'delivered']);
  });

  test('are recognised within one project: two destinations of a platform give an event the same id', () => {
    for (const [account, repetition] of [
      ['key-1', 'x'],
      ['key-2', 'x'],
      ['key-1', 'x'],
      ['key', '-1 x'],
    ])
      some.add([anEvent({ repetition })], {}, account);
    expect(outcomes()).toEqual(['delivered', 'delivered', 'duplicate', 'delivered']);
  });

  test('of an event that was not stored do not count as repetitions', () => {
    some.add([anEvent({ repetition: 'x', outcome: 'rejected' })]);
    some.add([anEvent({ repetition: 'x', outcome: 'dropped' })]);
    some.add([anEvent({ repetition: 'x' }), anEvent({ repetition: 'x', outcome: 'rejected' })]);
    expect(outcomes()).toEqual(['rejected', 'dropped', 'delivered', 'rejected']);
  });

  test('by several texts need all of them', () => {
    some.add([['a', 'b'], ['b'], ['b', 'c'], ['a', 'c'], []].map((repetition) => anEvent({ repetition })));
    expect(outcomes()).toEqual(['delivered', 'duplicate', 'delivered', 'duplicate', 'delivered']);
  });

  test('are distinguished however long their texts are', () => {
    const long = 'x'.repeat(100_000);
    some.add([`${long}1`, `${long}2`, `${long}1`].map((repetition) => anEvent({ repetition })));
    expect(outcomes()).toEqual(['delivered', 'delivered', 'duplicate']);
  });
});

describe('people', () => {
  const idsOfAll = () => ledger.people().map(({ platform, ids }) => [platform, ...ids.toSorted()]);

  test('are joined in both directions and through others, and never across platforms', () => {
    some.add([anEvent({ userId: null, anonymousId: 'browser' })]);
    some.add([anEvent({ kind: 'identify', userId: 'ada', anonymousId: 'browser' })]);
    some.add([anEvent({ kind: 'alias', userId: 'ada', name: 'old' })]);
    some.add([anEvent({ userId: 'old' })]);
    some.add([anEvent({ userId: 'ada' })], { platform: 'two' });
    expect(idsOfAll()).toEqual([
      ['two', 'ada'],
      ['one', 'ada', 'browser', 'old'],
    ]);
    const numbers = (person: string) => ledger.events({ person }).found.map(({ number }) => number);
    expect(numbers('ada')).toEqual([5, 4, 3, 2, 1]);
    expect(numbers('browser')).toEqual([4, 3, 2, 1]);
    expect(numbers('nobody')).toEqual([]);
  });

  test('are not joined by events that the platform did not store', () => {
    some.add([anEvent({ userId: 'ada', anonymousId: 'x', outcome: 'dropped' })]);
    some.add([anEvent({ kind: 'alias', userId: 'grace', name: 'x', outcome: 'rejected' })]);
    expect(ledger.people().map(({ ids }) => ids)).toEqual([['grace'], ['ada']]);
  });

  test('are joined the same way in any order of the aliases', () => {
    const link = fc.tuple(fc.nat(12), fc.nat(12));
    fc.assert(
      fc.property(fc.array(link, { maxLength: 20 }), (links) => {
        const joined = new ALedger();
        const groups = Array.from({ length: 13 }, (_, i) => i);
        for (const [a, b] of links) {
          joined.add([anEvent({ kind: 'alias', userId: `${a}`, name: `${b}` })]);
          const [from, to] = [groups[a]!, groups[b]!];
          for (const [id, group] of groups.entries()) if (group === from) groups[id] = to;
        }
        for (let a = 0; a < 13; a++) {
          const expected = links.filter(([one]) => groups[one] === groups[a]).length;
          expect(joined.ledger.events({ person: `${a}`, limit: 1_000 }).found).toHaveLength(expected);
        }
        expect(joined.ledger.kept.people).toBe(joined.ledger.people({ limit: 1_000 }).length);
        const counted = joined.ledger.people().reduce((sum, { events }) => sum + sums([events])[0]!, 0);
        expect(counted).toBe(links.length);
      }),
    );
  });

  test('are found by odd ids, and not mistaken for each other', () => {
    const ids = ['a', ' a', 'one a', '__proto__', 'null', 'x'.repeat(100_000)];
    for (const userId of ids) some.add([anEvent({ userId })]);
    for (const [i, person] of ids.slice(0, -1).entries())
      expect(ledger.events({ person }).found.map(({ number }) => number)).toEqual([i + 1]);
  });

  test('are forgotten, the oldest first, and the number of forgotten people is known', () => {
    for (let i = 0; i < 100_000; i++) some.add([anEvent({ userId: `user ${i}` })]);
    const { people, forgottenPeople } = ledger.kept;
    expect(people + forgottenPeople).toBe(100_000);
    expect(people).toBeGreaterThan(50_000);
    expect(forgottenPeople).toBeGreaterThan(1_000);
    expect(ledger.people({ limit: 1 })[0]!.ids).toEqual(['user 99999']);
    some.add([anEvent({ userId: 'user 0' })]);
    expect(ledger.people({ limit: 2 }).map(({ ids }) => ids)).toEqual([['user 0'], ['user 99999']]);
  });
});

describe('a list', () => {
  test('of events has a part of a request with very many, which are all counted', () => {
    some.add([anEvent({ name: 'Before' })]);
    some.add(
      Array.from({ length: 100_000 }, () => anEvent({ outcome: 'rejected', problems: ['It is empty.'] })),
    );
    some.add([anEvent({ name: 'After' })]);
    expect(sums(ledger.platformCounts())).toEqual([2, 0, 100_000, 0]);
    expect(ledger.kept).toMatchObject({ events: 5_002, forgottenEvents: 95_000, latestEvent: 100_002 });
    expect(ledger.events({ name: 'Before' }).found.map(({ number }) => number)).toEqual([1]);
    expect(ledger.events({ limit: 1 }).found.map(({ number }) => number)).toEqual([100_002]);
    const request = ledger.request(2)!;
    const shown = ledger.eventsOf(request, 1_000).map(({ number }) => number);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([1_000, 1_001, 2]);
  });

  test('of requests shows many with large bodies in one call', () => {
    for (let i = 0; i < 40; i++) some.add([anEvent()], { body: 'x'.repeat(400_000) });
    const { found, next } = ledger.requests({ limit: 30 });
    expect(found).toHaveLength(30);
    expect(next).toBe(11);
    expect(ledger.requests({ limit: 30, search: 'nothing' }).next).not.toBeNull();
  });

  test('says where a search stopped, so that nothing seems to be missing', () => {
    const properties = { text: 'x'.repeat(200_000) };
    some.add([anEvent({ name: 'Needle' })]);
    for (let i = 0; i < 100; i++) some.add([anEvent({ properties })]);
    const first = ledger.events({ search: 'needle' });
    expect(first.found).toEqual([]);
    expect(first.next).toBeGreaterThan(1);
    let { next } = first;
    for (let calls = 1; next !== null; calls++) {
      expect(calls).toBeLessThan(10);
      const part = ledger.events({ search: 'needle', before: next });
      if (part.found.length > 0) expect(part.found[0]!.name).toBe('Needle');
      else expect(part.next).not.toBeNull();
      ({ next } = part);
    }
  });

  test('shows events with problems after many events without have displaced the others', () => {
    some.add([anEvent({ name: 'Bad', outcome: 'dropped', problems: ['It has no user.'] })]);
    const properties = { text: 'x'.repeat(1_000) };
    for (let i = 0; i < 500; i++) some.add(Array.from({ length: 100 }, () => anEvent({ properties })));
    expect(ledger.kept.forgottenEvents).toBeGreaterThan(1);
    expect(ledger.events({ name: 'Bad' }).found).toEqual([]);
    expect(ledger.invalidEvents().found).toMatchObject([{ number: 1, name: 'Bad' }]);
    expect(ledger.event(1)).toMatchObject({ name: 'Bad' });
  });
});
