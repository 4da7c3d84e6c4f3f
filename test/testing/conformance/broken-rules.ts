import { destinationConformance } from '../../../lib/testing/index.js';
import type { ConformanceRule, ConformanceSetup } from '../../../lib/testing/index.js';

/** The kit's messages about the rules that a destination breaks; the other rules are absent. */
export async function brokenRules(
  setup: ConformanceSetup,
): Promise<Partial<Record<ConformanceRule, string>>> {
  const found: Partial<Record<ConformanceRule, string>> = {};
  for (const { rule, run } of destinationConformance({ runs: 20, ...setup })) {
    await run().catch((error: Error) => (found[rule] = error.message));
  }
  return found;
}
