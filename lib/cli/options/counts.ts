import { InvalidArgumentError } from 'commander';
import { notACount, notARate } from '../cli.messages.js';

/** A whole number from 1. */
export function countOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError(notACount());
  return Number(text);
}

/** Events a second; may be a fraction. */
export function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(rate > 0)) throw new InvalidArgumentError(notARate());
  return rate;
}
