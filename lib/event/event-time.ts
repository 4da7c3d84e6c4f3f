import { types } from 'node:util';

/** A moment as callers may give it: a `Date`, epoch milliseconds, or RFC 3339 text such as `2026-01-01T12:00:00Z`. */
export type EventTime = Date | number | string;

/** Why a value cannot be the time of an event. */
export type TimeProblem =
  | 'no_time'
  | 'no_text' // a text, but not of RFC 3339
  | 'seconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'early'
  | 'late';

/** A value cannot be the time of an event. The error never contains the value. */
export class InvalidTimeError extends Error {
  constructor(readonly problem: TimeProblem) {
    super(problem);
  }
}

/** The longest distance from the epoch that a Date can hold, in milliseconds. */
const MAX_EPOCH_MS = 8_640_000_000_000_000;
const OLDEST_MS = Date.UTC(1980, 0, 1);
const DAY_MS = 86_400_000;
/** Each unit in milliseconds. */
const UNITS = [
  ['seconds', 1_000],
  ['microseconds', 1 / 1_000],
  ['nanoseconds', 1 / 1_000_000],
] as const;
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|(60))(?:\.\d{1,30})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Epoch milliseconds of a time in any form; NaN if it is not a time. */
export function epochMs(given: unknown): number {
  if (typeof given === 'string') return textMs(given);
  const ms = numberOf(given);
  return Math.abs(ms) <= MAX_EPOCH_MS ? Math.trunc(ms) : Number.NaN;
}

/** As {@link epochMs}, for an event: from 1980 to a day after `now`. Otherwise, the problem. */
export function eventTime(given: unknown, now: number): number | TimeProblem {
  const ms = epochMs(given);
  if (ms >= OLDEST_MS && ms <= now + DAY_MS) return ms;
  if (typeof given === 'string') return Number.isNaN(ms) ? 'no_text' : nameOf(ms);
  const number = numberOf(given);
  if (!Number.isFinite(number)) return 'no_time';
  const unit = UNITS.find(([, size]) => number * size >= OLDEST_MS && number * size <= now + DAY_MS);
  return unit === undefined ? nameOf(number) : unit[0];
}

/** Whether a month has this day, because `Date.parse` reads 31 February as 3 March. */
export function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function numberOf(given: unknown): number {
  return typeof given === 'number' ? given : types.isDate(given) ? given.getTime() : Number.NaN;
}

function nameOf(ms: number): TimeProblem {
  return ms < OLDEST_MS ? 'early' : 'late';
}

function textMs(text: string): number {
  const [, year, month, day, leap] = RFC_3339.exec(text) ?? [];
  if (!isDay(Number(year), Number(month), Number(day))) return Number.NaN;
  const iso = text.toUpperCase().replace(' ', 'T');
  // A leap second counts as the first second of the next minute.
  return leap === undefined ? Date.parse(iso) : Date.parse(iso.replace(':60', ':59')) + 1_000;
}
