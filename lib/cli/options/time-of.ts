import { epochMs, eventTime, isDay, type TimeProblem } from '../../event/event-time.js';

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const RELATIVE = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/;
const NUMBER = /^\d{9,}$/;
/** A date, or a date and a time; without a zone the time is local, as `Date` and every shell have it. */
const ISO =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** A time in ISO 8601, RFC 3339, epoch milliseconds, or as an age (`90s`, `15m`, `2h`, `3d`, `1w`). The problem if it is none of these. */
export function timeOf(text: string, now: number): number | TimeProblem {
  const relative = RELATIVE.exec(text);
  if (relative !== null) return now - Number(relative[1]) * UNITS[relative[2]!]!;
  if (NUMBER.test(text)) return eventTime(Number(text), now);
  const exact = epochMs(text);
  if (!Number.isNaN(exact)) return exact;
  const [, year, month, day = 1] = ISO.exec(text) ?? [];
  const time = isDay(Number(year), Number(month), Number(day)) ? Date.parse(text.replace(' ', 'T')) : NaN;
  return Number.isNaN(time) ? 'no_time' : time;
}
