/** Bounds of the pause after a failure, in milliseconds. */
export interface BackoffLimits {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The pause after the nth failure in a row (n from 1): the first limit doubled n-1 times, at most the second, and of that a
 * random part of the upper half, so that many processes do not come back in the same moment.
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: () => number): number {
  const ceiling = Math.min(limits.minDelayMs * 2 ** Math.min(failures - 1, 50), limits.maxDelayMs);
  return ceiling / 2 + (ceiling / 2) * random();
}
