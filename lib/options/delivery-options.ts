import { badChoice } from '../config/check-option.js';
import type { RetryPolicy } from '../delivery/lane-destination.js';
import { count } from '../config/kinds.js';
import type { OptionsOf } from '../config/option.js';
import { valuesOf } from '../config/rows.js';

const DAY_MS = 86_400_000;
/** The longest time of a timer in Node. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const retryRows = {
  /**
   * First pause in milliseconds. It doubles after each failure; its upper half is random.
   * @default 500
   */
  minDelayMs: count(1, MAX_TIMER_MS).default(500),
  /**
   * Longest pause in milliseconds.
   * @default 60,000
   */
  maxDelayMs: count(1, MAX_TIMER_MS).default(60_000),
  /**
   * Longest `Retry-After` that is honoured, in milliseconds.
   * @default 300,000
   */
  maxRetryAfterMs: count(0, MAX_TIMER_MS).default(300_000),
  /**
   * Age in milliseconds at which an undelivered event is dropped (`expired`).
   * @default 86,400,000 (24 h) with `memory()`, none with `journal()`
   */
  maxAgeMs: count(1),
};

/** When failed events are retried. */
export interface RetryOptions extends OptionsOf<typeof retryRows> {}

/**
 * The policy of checked options. A delay that is given moves the default of the other one, if that would contradict it.
 *
 * @throws TrackingConfigError for two given delays that contradict each other
 */
export function retryPolicy(path: string, given: RetryOptions | undefined, buffer: string): RetryPolicy {
  const values = valuesOf(retryRows, given);
  const minDelayMs = given?.minDelayMs ?? Math.min(values.minDelayMs, values.maxDelayMs);
  const maxDelayMs = given?.maxDelayMs ?? Math.max(values.maxDelayMs, minDelayMs);
  if (minDelayMs > maxDelayMs) {
    throw badChoice(`${path}.maxDelayMs`, maxDelayMs, `at least \`${path}.minDelayMs\` (${minDelayMs})`);
  }
  const maxAgeMs = values.maxAgeMs ?? (buffer === 'memory' ? DAY_MS : undefined);
  return { minDelayMs, maxDelayMs, maxRetryAfterMs: values.maxRetryAfterMs, maxAgeMs };
}

export const deadLettersRows = {
  /**
   * Dead letters of one destination. Beyond it the oldest is dropped (`dead_letters_full`).
   * @default 1,000
   */
  maxEvents: count(0).default(1_000),
  /**
   * The same in bytes: on disk with `journal()`, estimated with `memory()`. The default is 16 MiB.
   * @default 16,777,216
   */
  maxBytes: count(0).default(16_777_216),
};

/** Limits of dead letters per destination. */
export interface DeadLettersOptions extends OptionsOf<typeof deadLettersRows> {}

export const dedupRows = {
  /**
   * Number of keys that are remembered.
   * @default 100,000
   */
  maxKeys: count(1, 10_000_000).default(100_000),
  /**
   * How long a key is remembered, in milliseconds. The default is 24 hours.
   * @default 86,400,000
   */
  maxAgeMs: count(1).default(DAY_MS),
};

/** How long and how many idempotency keys are remembered. */
export interface DedupOptions extends OptionsOf<typeof dedupRows> {}
