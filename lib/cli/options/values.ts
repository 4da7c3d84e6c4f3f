import { InvalidArgumentError, Option } from 'commander';
import { notACount, notARate, notATime, notOneOf, notWithin } from '../cli.messages.js';
import { timeOf } from './time-of.js';

export function countOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError(notACount());
  return Number(text);
}

export const upTo =
  (max: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > max) throw new InvalidArgumentError(notWithin(0, max));
    return Number(text);
  };

/** Events per second; may be a fraction. */
export function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(rate > 0)) throw new InvalidArgumentError(notARate());
  return rate;
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** The same for an option whose values are some words. */
export const collectOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string, previous: readonly Word[] | undefined): readonly Word[] => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(notOneOf(words));
    return [...(previous ?? []), word];
  };

/** An option whose value is a time; see {@link timeOf}. */
export function timeOption(flags: string, description: string, now: () => number): Option {
  return new Option(flags, description).argParser((text: string): number => {
    const time = timeOf(text, now());
    if (typeof time === 'string') throw new InvalidArgumentError(notATime(time));
    return time;
  });
}
