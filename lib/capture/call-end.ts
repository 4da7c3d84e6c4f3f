import type { Reason } from '../event/reasons.js';
import type { EventType, TrackingEvent } from '../event/tracking-event.js';
import { OversizeError } from '../event/unserialisable.js';
import { guarded } from '../host/guarded.js';
import type { Hold } from './holds/hold.js';

/** The state of a call at the door. `held`: its hold decides the end later. */
export interface Verdict {
  /** Absent if the call was rejected. */
  readonly id?: string;
  readonly state: 'accepted' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason;
  /** The hold that decides about a held event. */
  readonly hold?: Hold;
  /** The event as it is stored, if one was made. */
  readonly event?: TrackingEvent | undefined;
}

/** The end of a call, for an {@link Observer}. */
export interface CallEnd {
  readonly state: 'accepted' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason | undefined;
  /** As the caller gave it, if known. */
  readonly name?: unknown;
  readonly type?: EventType | undefined;
  readonly source?: string | undefined;
  /** If one was made. */
  readonly event?: TrackingEvent | undefined;
  readonly error?: unknown;
}

/** Observes the door, synchronously: the recorder of a test. It never throws. */
export interface Observer {
  saw(end: CallEnd): void;
}

/** A lane that does not get an event, and why. */
export interface Declined {
  readonly lane: string;
  readonly reason: Reason;
  /** The error of a function of the application, or of the destination. */
  readonly error?: unknown;
}

const SUPPRESSIONS: ReadonlySet<Reason> = new Set([
  'disabled',
  'when',
  'head_request',
  'redacted',
  'consent',
  'filtered',
  'sampled',
  'rolled_back',
]);

/** Whether a reason is the application's choice, and not a fault. */
export function isChoice(reason: Reason): boolean {
  return SUPPRESSIONS.has(reason);
}

/** Why a call becomes no event. */
export class Refusal implements Verdict {
  /** @param error the fault in more detail than the reason; never contains the value */
  constructor(
    readonly reason: Reason,
    readonly error?: unknown,
    readonly event?: TrackingEvent,
  ) {}

  get state(): 'suppressed' | 'rejected' {
    return isChoice(this.reason) ? 'suppressed' : 'rejected';
  }
}

/** Whether something was too large to copy. A thrown proxy may throw for `instanceof`, too. */
export function isOversize(error: unknown): boolean {
  return guarded(() => error instanceof OversizeError) === true;
}
