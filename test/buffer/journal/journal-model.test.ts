import { describe, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { anything, calm, type Command, deadly, failing, large, troubled } from './model/journal-command.js';
import { JournalWorld, type WorldSetup } from './model/journal-world.js';

const roomy = fc.record<WorldSetup>({
  fsync: fc.constantFrom('group', 'group', 'off'),
  segmentBytes: fc.constantFrom(1_500, 20_000, 16_777_216),
  leaseMs: fc.constantFrom(10_000, 3_000),
  retainBytes: fc.constantFrom(undefined, 0, 4_000),
});
const narrow = fc.record<WorldSetup>({
  fsync: fc.constant('group'),
  segmentBytes: fc.constantFrom(1_500, 20_000),
  leaseMs: fc.constant(10_000),
  maxBytes: fc.integer({ min: 8_000, max: 40_000 }),
  maxMemoryBytes: fc.integer({ min: 20_000, max: 60_000 }),
});

/** Multiplies the number of runs, for a longer search. */
const TIMES = Number(process.env['MODEL_TIMES'] ?? 1);

function holds(
  setup: fc.Arbitrary<WorldSetup>,
  command: fc.Arbitrary<Command>,
  numRuns: number,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(setup, fc.array(command, { maxLength: 50, size: 'max' }), async (bounds, commands) => {
      const world = new JournalWorld(bounds);
      for (const each of commands) await world.apply(each);
      await world.finish();
    }),
    { numRuns: numRuns * TIMES },
  );
}

jest.setTimeout(60_000 * TIMES);

describe('no committed event is lost, none is changed or sent again after its outcome was written, and the accounts agree at every step', () => {
  test('with orderly starts and shutdowns', () => holds(roomy, calm, 100));

  test('with crashes and power losses', () => holds(roomy, deadly, 250));

  test('with single failed writes', () => holds(roomy, troubled, 200));

  test('with all kinds of disk failures', () => holds(roomy, failing, 200));

  test('with all of these', () => holds(roomy, anything, 200));

  test('with more pending events than memory holds', () => holds(roomy, large, 15));

  test('with little room', () => holds(narrow, anything, 150));
});
