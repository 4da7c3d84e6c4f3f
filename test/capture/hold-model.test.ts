import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TrackingService } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, tracking } from '../support/tracking.js';

/** What code within a hold does: records, some of it under a key, some of it refused, and holds again, in turn or at once. */
type Step =
  | { readonly do: 'track'; readonly key: number | undefined }
  | { readonly do: 'refused' }
  | { readonly do: 'wait' }
  | {
      readonly do: 'hold';
      readonly steps: readonly Step[];
      readonly fails: boolean;
      readonly awaited: boolean;
    };

const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 5 }),
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ do: fc.constant('track' as const), key: fc.option(fc.nat(3), { nil: undefined }) }),
    fc.constant({ do: 'refused' as const }),
    fc.constant({ do: 'wait' as const }),
    fc.record({
      do: fc.constant('hold' as const),
      steps: tie('steps'),
      fails: fc.boolean(),
      awaited: fc.boolean(),
    }),
  ),
}));

/** One call, and the holds around it, from the outermost. */
interface Made {
  readonly id: string;
  readonly keyed: boolean;
  readonly within: readonly Extract<Step, { do: 'hold' }>[];
}

async function carryOut(service: TrackingService, program: readonly Step[]): Promise<Made[]> {
  const made: Made[] = [];
  const open: Promise<unknown>[] = [];
  let n = 0;
  const run = async (list: readonly Step[], within: Made['within']): Promise<void> => {
    for (const step of list) {
      if (step.do === 'wait') await new Promise((resolve) => setImmediate(resolve));
      else if (step.do === 'refused') service.track('', {}, ANN);
      else if (step.do === 'track') {
        const keyed = step.key !== undefined;
        const id = service.track('Step', { n: n++ }, keyed ? { ...ANN, key: step.key } : ANN);
        made.push({ id: id!, keyed, within });
      } else {
        const held = service.hold(async () => {
          await run(step.steps, [...within, step]);
          if (step.fails) throw new Error('rolled back');
        });
        open.push(held);
        held.catch(() => undefined);
        if (step.awaited) await held.catch(() => undefined);
      }
      expectAccounted(service.stats());
    }
  };
  await run(program, []);
  // Holds that are not awaited may open others.
  for (let settled = 0; settled < open.length;) {
    settled = open.length;
    await Promise.allSettled(open);
    expectAccounted(service.stats());
  }
  return made;
}

test('with any nesting of holds, an event is stored once, only if all holds around it succeed, and all events are accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      const { service, shop } = tracking();
      const made = await carryOut(service, program);
      const entered = new Map<string, number>();
      for (const { id } of shop.events) entered.set(id, (entered.get(id) ?? 0) + 1);
      const kept = made.filter(({ within }) => within.every(({ fails }) => !fails));
      const expected = new Set(kept.map(({ id }) => id));
      expect(new Set(entered.keys())).toEqual(expected);
      expect([...entered.values()].every((times) => times === 1)).toBe(true);
      const { held, called, accepted, duplicate, suppressed } = service.stats();
      expect({ held, accepted }).toEqual({ held: 0, accepted: expected.size });
      expect(called).toBeGreaterThanOrEqual(made.length);
      // A repetition may be recognised before what is around it fails; all others count as rolled back.
      expect(duplicate + suppressed.rolled_back).toBe(made.length - expected.size);
      const unkeyed = made.filter(({ keyed }) => !keyed);
      const lost = unkeyed.filter(({ id }) => !expected.has(id)).length;
      expect(suppressed.rolled_back).toBeGreaterThanOrEqual(lost);
    }),
    { numRuns: 300 },
  );
});
