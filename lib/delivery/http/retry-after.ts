import type { Answer } from '../../destinations/destination.js';

/**
 * The pause that an answer asks for, in milliseconds from now: seconds, or a date. A date is compared with the answer's own
 * `Date`, because the two clocks may differ by hours. At least 0 (for the past or a negative number), at most `maxMs`.
 *
 * @returns undefined if the answer has none, or an invalid one
 */
export function retryAfterMs(answer: Answer, now: number, maxMs: number): number | undefined {
  const value = answer.headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? untilDate(value, answer.headers['date'], now) : seconds * 1_000;
  if (Number.isNaN(ms)) return undefined;
  return Math.min(Math.max(ms, 0), maxMs);
}

function untilDate(value: string, sentAt: string | undefined, now: number): number {
  const sent = sentAt === undefined ? Number.NaN : Date.parse(sentAt);
  return Date.parse(value) - (Number.isNaN(sent) ? now : sent);
}
