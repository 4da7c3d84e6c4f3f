import { expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Ring } from '../../lib/collector/ledger/history.js';
import { RecentSet } from '../../lib/collector/ledger/recent-set.js';
import { ALedger, anEvent } from './a-ledger.js';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** In megabytes, after a garbage collection. */
function heap(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_000_000;
}

/** A separate text, as a parser makes it: neither shared nor a part of another. */
const aText = (length: number, start: string): string => Buffer.from(start.padEnd(length, 'x')).toString();

/** Each enters more than twice the data that may be kept. */
const FLOODS: Record<string, (some: ALedger) => void> = {
  'events whose names, ids, texts and persons are all new': (some) => {
    for (let i = 0; i < 2_500; i++) {
      const events = Array.from({ length: 100 }, (_, j) => {
        const id = aText(50, `${i}-${j}-`);
        return anEvent({ name: `Event ${id}`, id, userId: id, repetition: id, properties: { id } });
      });
      some.add(events, { body: aText(20_000, `${i}`) });
    }
  },
  'large requests': (some) => {
    for (let i = 0; i < 10; i++) {
      const body = aText(30_000_000, `${i}`);
      some.add([anEvent({ properties: { body } })], { body, answer: body, problems: ['It is too large.'] });
    }
  },
  // As a parser of forms makes them.
  'small parts of large requests': (some) => {
    for (let i = 0; i < 600; i++) {
      const body = aText(500_000, `${i}`);
      const part = (start: number): string => body.slice(start, start + 30);
      const event = {
        name: part(0),
        userId: part(1),
        anonymousId: part(2),
        id: part(3),
        repetition: part(4),
      };
      some.add([anEvent({ ...event, problems: ['It is bad.'], properties: { part: part(5) } })], { body });
    }
  },
  'one person with a new alias each time': (some) => {
    for (let i = 0; i < 150_000; i++) some.add([anEvent({ kind: 'alias', name: aText(150, `${i}-`) })]);
  },
  'hundreds of problems in an event and in a request': (some) => {
    for (let i = 0; i < 2_000; i++) {
      const problems = Array.from({ length: 300 }, (_, j) => aText(500, `${i} ${j}`));
      some.add([anEvent({ outcome: 'dropped', problems })], { problems });
    }
  },
};

test.each(Object.keys(FLOODS))('stays bounded: %s', (flood) => {
  const some = new ALedger();
  const before = heap();
  FLOODS[flood]!(some);
  expect(heap() - before).toBeLessThan(130);
  expect(some.ledger.kept.latestEvent).toBeGreaterThan(0);
});

test('one large request displaces a part of the others only, and says that it is cut', () => {
  const some = new ALedger();
  for (let i = 0; i < 100; i++) some.add([anEvent({ name: `Event ${i}` })], { body: 'x'.repeat(1_000) });
  const body = 'y'.repeat(30_000_000);
  const texts = { name: body, id: body, userId: body, anonymousId: body };
  some.add([anEvent({ ...texts, properties: { body } })], { body, answer: body });
  const { found } = some.ledger.events({ limit: 1_000 });
  expect(found).toHaveLength(101);
  expect(found[0]).toMatchObject({ isCut: true, properties: '{}', name: 'y'.repeat(1_000) });
  expect(found[1]).toMatchObject({ isCut: false, name: 'Event 99' });
  const [large, before] = some.ledger.requests({ limit: 1_000 }).found;
  expect(large).toMatchObject({ isCut: true, bodyLength: 30_000_000 });
  expect(before).toMatchObject({ isCut: false, bodyLength: 1_000, body: 'x'.repeat(1_000) });
  expect(some.ledger.requests({ limit: 1_000 }).found).toHaveLength(101);
});

test('properties that are nested too deeply to be written are left out', () => {
  const some = new ALedger();
  const deep = JSON.parse('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)) as Record<string, unknown>;
  some.add([anEvent({ name: 'Deep', properties: deep })]);
  expect(some.ledger.events().found).toMatchObject([{ name: 'Deep', isCut: true, properties: '{}' }]);
});

test('a ring keeps the newest, up to its bytes, and finds each by its number', () => {
  const ring = new Ring<{ number: number; bytes: number }>(100);
  for (let i = 1; i <= 5_000; i++) ring.push({ number: i * 2, bytes: i % 2 === 0 ? 10 : 40 });
  const numbers = Array.from(ring.newest(), ({ number }) => number);
  expect(numbers).toEqual([10_000, 9_998, 9_996, 9_994]);
  expect(numbers.map((number) => ring.find(number)?.number)).toEqual(numbers);
  expect([9_992, 9_995, 0, 10_001].map((number) => ring.find(number))).toEqual(Array(4).fill(undefined));
  expect(Array.from(ring.newest(9_997), ({ number }) => number)).toEqual([9_996, 9_994]);
  expect(ring).toMatchObject({ size: 4, forgotten: 4_996 });
  ring.push({ number: 20_000, bytes: 101 });
  expect(ring.size).toBe(0);
});

test('a set of repetitions remembers at least the newest half', () => {
  const set = new RecentSet(10);
  const added = Array.from({ length: 100 }, (_, i) => set.add(`${i}`) && set.add(`${Math.max(0, i - 4)}`));
  expect(added.filter(Boolean)).toEqual([]);
  expect(set.add('0')).toBe(true);
  expect(set.size).toBeLessThanOrEqual(10);
  // Half of a pair has no form in UTF-8.
  expect([set.add('\ud800'), set.add('\ud801'), set.add('\ud800')]).toEqual([true, true, false]);
});
