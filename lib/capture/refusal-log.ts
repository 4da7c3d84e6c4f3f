import type { Reason } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { OversizeError, UnserialisableError } from '../event/unserialisable.js';
import { InvalidTimeError } from '../event/event-time.js';
import { UnknownConsentKeyError } from '../event/unknown-consent-key.error.js';
import { guarded } from '../host/guarded.js';
import type { Log } from '../host/log.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import { membersOfUser } from '../identity/resolvers/verified-user.js';
import type { CallNames } from './call-names.js';
import { captureMessages, type Cause } from './capture.messages.js';
import type { Declined } from './routing/lane-door.js';

/** The application withholds an event from a lane. */
const CHOICES: ReadonlySet<Reason> = new Set(['consent', 'filtered']);
/** A function of the application failed for a lane. */
const LANE_ERRORS: ReadonlySet<Reason> = new Set(['filter_error', 'map_error']);
/** The check against the plan has logged these, with their details. */
const LOGGED_BY_PLAN: ReadonlySet<Reason> = new Set(['invalid_properties', 'not_in_plan']);

/** Whether a lane declined an event because the application withholds it. */
export function isChoice({ reason }: Declined): boolean {
  return CHOICES.has(reason);
}

/** Logs why a call became no event, and why a lane did not get an event. */
export class RefusalLog {
  constructor(
    private readonly log: Log,
    readonly names: CallNames,
  ) {}

  /** @param scope the request of a call without an identity */
  refused(about: string, reason: Reason, error?: unknown, scope?: RequestScope): void {
    if (LOGGED_BY_PLAN.has(reason)) return;
    this.log.warnOnce(reason, about, () =>
      captureMessages.refused(about, reason, {
        ...causeOf(error),
        members: scope && reason === 'no_identity' ? membersOfUser(scope) : [],
        shown: this.names.shown,
      }),
    );
  }

  /** Logs the loss of one lane: each failure of a function of the application, and the first event that it declines itself. */
  declinedHere({ lane, reason, error }: Declined, event: TrackingEvent, isKept: boolean): void {
    const about = this.names.of(event);
    if (LANE_ERRORS.has(reason)) {
      this.log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
        captureMessages.laneError(about, lane, reason, causeOf(error).error),
      );
    } else if (isKept && event.type === 'track' && !CHOICES.has(reason)) {
      this.log.warnOnce(`declined here ${reason}`, lane, () =>
        captureMessages.declinedHere(about, lane, reason, causeOf(error).error),
      );
    }
  }

  /** Logs an event that all its lanes declined. */
  declined({ lane, reason, error }: Declined, event: TrackingEvent): void {
    if (LANE_ERRORS.has(reason)) return;
    const about = this.names.of(event);
    this.log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
      captureMessages.declined(about, lane, reason, causeOf(error).error),
    );
  }

  holdFull(events: number, units: number): void {
    this.log.warnOnce('hold_full', '', () => captureMessages.holdFull(events, units));
  }

  /** Leaves a trace of an unexpected error of this package. */
  internalError(doing: string, error: unknown): void {
    this.log.internalError(doing, error);
  }
}

/**
 * An error of this package describes the fault. Of any other, only the class is shown, because its message may contain values.
 */
function causeOf(error: unknown): { readonly cause?: Cause; readonly error?: string | undefined } {
  const ours = [UnserialisableError, OversizeError, InvalidTimeError, UnknownConsentKeyError] as const;
  // A thrown proxy may throw for `instanceof`, too.
  const isOurs = guarded(() => ours.some((each) => error instanceof each)) === true;
  if (!isOurs) return { error: nameOf(error) };
  return error instanceof OversizeError ? {} : { cause: error as Cause };
}

function nameOf(error: unknown): string | undefined {
  return guarded(() => (error instanceof Error ? error.name : undefined));
}
