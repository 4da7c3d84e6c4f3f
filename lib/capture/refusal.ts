import type { Reason } from '../event/reasons.js';
import { OversizeError } from '../event/unserialisable.js';
import { guarded } from '../host/guarded.js';

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
  /** @param error the fault in more detail than the reason; never contains the value */
  constructor(
    readonly reason: Reason,
    readonly error?: unknown,
  ) {}

  /** How the call ends: some reasons are the application's choice, the others are faults. */
  get state(): 'suppressed' | 'rejected' {
    return SUPPRESSIONS.has(this.reason) ? 'suppressed' : 'rejected';
  }
}

/** Whether something was too large to copy. A thrown proxy may throw for `instanceof`, too. */
export function isOversize(error: unknown): boolean {
  return guarded(() => error instanceof OversizeError) === true;
}
