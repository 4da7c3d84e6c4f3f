import { InvalidArgumentError, Option } from 'commander';
import { notATime } from '../cli.messages.js';
import { timeOf } from './time-of.js';

/** An option that takes a moment; see {@link timeOf}. */
export function timeOption(flags: string, description: string, now: () => number): Option {
  return new Option(flags, description).argParser((text: string): number => {
    const time = timeOf(text, now());
    if (typeof time === 'string') throw new InvalidArgumentError(notATime(time));
    return time;
  });
}
