import { types } from 'node:util';

/** The longest distance from the epoch that a Date can hold, in milliseconds. */
const MAX_EPOCH_MS = 8_640_000_000_000_000;

/** Epoch milliseconds of what a caller gave as a time; NaN when it is none. */
export function epochMs(given: unknown): number {
  const ms = typeof given === 'number' ? given : types.isDate(given) ? given.getTime() : Number.NaN;
  return Math.abs(ms) <= MAX_EPOCH_MS ? Math.trunc(ms) : Number.NaN;
}
