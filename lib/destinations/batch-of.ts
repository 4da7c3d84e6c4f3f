import type { BatchOptions } from './destination.js';

/** The given cut of batches over a destination's own; a member that is present but undefined counts as not given. */
export function batchOf(given: BatchOptions | undefined, own: BatchOptions): BatchOptions {
  return {
    maxEvents: given?.maxEvents ?? own.maxEvents,
    maxBytes: given?.maxBytes ?? own.maxBytes,
    maxDelayMs: given?.maxDelayMs ?? own.maxDelayMs,
  };
}
