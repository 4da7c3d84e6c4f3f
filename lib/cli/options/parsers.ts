import { InvalidArgumentError } from 'commander';
import { epochMs, eventTime, isDay, type TimeProblem } from '../../event/event-time.js';
import { cliMessages } from '../cli.messages.js';
import type { Parser } from './option.js';

export function countOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError(cliMessages.notACount());
  return Number(text);
}

export const upTo =
  (max: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > max)
      throw new InvalidArgumentError(cliMessages.notWithin(0, max));
    return Number(text);
  };

/** Events per second; may be a fraction. */
export function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(rate > 0)) throw new InvalidArgumentError(cliMessages.notARate());
  return rate;
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** The same for an option whose values are some words. */
export const collectOf =
  <Word extends string>(words: readonly Word[]): Parser<readonly Word[]> =>
  (text, previous) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(cliMessages.notOneOf(words));
    return [...(previous ?? []), word];
  };

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

export const checkedTime: Parser<number> = (text, _previous, now) => {
  const time = timeOf(text, now);
  if (typeof time === 'string') throw new InvalidArgumentError(cliMessages.notATime(time));
  return time;
};
