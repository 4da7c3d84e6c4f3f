import type { Stand } from './stand.js';

/**
 * What this machine lacks to run a stand, said loudly; undefined: nothing. With `TRACKING_TESTS_REQUIRE_ALL=1`, as where a
 * change is merged, it throws instead: nothing is left out there.
 */
export function leftOut(stand: Stand): string | undefined {
  const missing = stand.unavailable?.();
  if (missing === undefined) return undefined;
  if (process.env['TRACKING_TESTS_REQUIRE_ALL'] === '1') throw new Error(`${stand.name}: ${missing}`);
  console.warn(`\n  NOT TESTED: ${stand.name}. ${missing}\n`);
  return missing;
}
