import type { Reason } from '../event/reasons.js';

const SUPPRESSIONS: ReadonlySet<Reason> = new Set([
  'disabled',
  'when',
  'head_request',
  'redacted',
  'consent',
  'sampled',
  'rolled_back',
]);

/** Why a call becomes no event. */
export class Refusal {
  /** @param error what is wrong, more closely than the reason; never with the value */
  constructor(
    readonly reason: Reason,
    readonly error?: unknown,
  ) {}

  /** How the call ends: some reasons are the application's choice, the others are faults. */
  get state(): 'suppressed' | 'rejected' {
    return SUPPRESSIONS.has(this.reason) ? 'suppressed' : 'rejected';
  }
}
