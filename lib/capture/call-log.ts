import { types } from 'node:util';
import { InvalidTimeError } from '../event/event-time.js';
import { isObject, isPlainObject } from '../event/json-values.js';
import type { Reason } from '../event/reasons.js';
import type { EventType, TrackingEvent } from '../event/tracking-event.js';
import { OversizeError, UnknownConsentKeyError, UnserialisableError } from '../event/unserialisable.js';
import { guarded } from '../host/guarded.js';
import { Hook } from '../host/hook.js';
import type { Log } from '../host/log.js';
import { membersOfUser } from '../identity/resolvers/verified-user.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import type { Notice, TellNotice } from '../observe/notices.js';
import { type Declined, isChoice, Refusal } from './call-end.js';
import { captureMessages, type Cause } from './capture.messages.js';

export interface NamedCall {
  readonly type: EventType;
  readonly name: unknown;
  readonly source?: string | undefined;
}

const MAX_NAME = 100;
const LANE_ERRORS: ReadonlySet<Reason> = new Set(['filter_error', 'map_error']);
/** The check against the plan has logged these, with their details. */
const LOGGED_BY_PLAN: ReadonlySet<Reason> = new Set(['invalid_properties', 'not_in_plan']);

/** Logs faults of calls: why one became no event, why a lane did not get it, and which part of it is unusable. */
export class CallLog {
  constructor(
    private readonly log: Log,
    private readonly tell: TellNotice,
    /** A name as the log may have it. The rules of `redact` apply, because a rejected call was never cleaned. */
    private readonly shown: (name: string) => string,
  ) {}

  /** How messages name a call: its event and its place, such as `event 'Order Completed' of OrdersController.create`. */
  nameOf({ type, name, source }: NamedCall): string {
    const isEvent = type === 'track' && typeof name === 'string';
    const event = isEvent ? `event '${this.shown(name).slice(0, MAX_NAME)}'` : `${type}()`;
    return source === undefined ? event : `${event} of ${source}`;
  }

  /** Its place, if known, otherwise its event. */
  placeOf({ type, name, source }: NamedCall): string {
    if (source !== undefined) return source;
    return type === 'track' && typeof name === 'string' ? this.shown(name) : `${type}()`;
  }

  /** Counts a notice about a part of a call, and logs it once per place. */
  notice(notice: Notice, call: NamedCall, message: (place: string) => string): void {
    const place = this.placeOf(call);
    this.tell(notice, place, () => message(place));
  }

  unusablePerson(about: string, field: string | undefined): void {
    this.tell('invalid_person', `${about} ${field ?? ''}`, () =>
      captureMessages.unusablePerson(about, field),
    );
  }

  unusableEventId(): void {
    this.tell('invalid_event_id', 'idempotency.eventId', captureMessages.unusableEventId);
  }

  /** A function of the application whose failures are counted as a notice. */
  hook(notice: Notice, about: string, what: string): Hook {
    return new Hook(() => this.tell(notice, about, () => captureMessages.hookFailed(what)));
  }

  /**
   * Logs why a call became no event, unless the application chose it.
   *
   * @param scope the request of a call without an identity
   */
  refused(about: string, { state, reason, error }: Refusal, scope?: RequestScope): void {
    if (state === 'suppressed' || LOGGED_BY_PLAN.has(reason)) return;
    this.log.warnOnce(reason, about, () =>
      captureMessages.refused(about, reason, {
        ...causeOf(error),
        members: scope && reason === 'no_identity' ? membersOfUser(scope) : [],
        shown: this.shown,
      }),
    );
  }

  /** Logs that an event is not accepted, and returns the refusal. */
  refuse(reason: Reason, event: TrackingEvent): Refusal {
    const refusal = new Refusal(reason, undefined, event);
    this.refused(this.nameOf(event), refusal);
    return refusal;
  }

  /**
   * Logs an error while an event was recorded.
   *
   * @param read values of the application that were being read
   */
  threw(error: unknown, what: NamedCall, read: readonly unknown[]): void {
    const isForeseen =
      read.some((value) => !isObject(value) || mayThrow(value)) || error instanceof RangeError;
    if (isForeseen) this.refused(this.nameOf(what), new Refusal('unserialisable', error));
    else this.log.internalError('recording an event', error);
  }

  /** Logs the loss of one lane: each failure of a function of the application, and the first event that it declines itself. */
  declinedHere({ lane, reason, error }: Declined, event: TrackingEvent, isKept: boolean): void {
    const about = this.nameOf(event);
    if (LANE_ERRORS.has(reason)) {
      this.log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
        captureMessages.laneError(about, lane, reason, causeOf(error).error),
      );
    } else if (isKept && event.type === 'track' && !isChoice(reason)) {
      this.log.warnOnce(`declined here ${reason}`, lane, () =>
        captureMessages.declinedHere(about, lane, reason, causeOf(error).error),
      );
    }
  }

  /** Logs an event that all its lanes declined. */
  declined({ lane, reason, error }: Declined, event: TrackingEvent): void {
    if (LANE_ERRORS.has(reason)) return;
    const about = this.nameOf(event);
    this.log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
      captureMessages.declined(about, lane, reason, causeOf(error).error),
    );
  }

  holdFull(events: number, units: number): void {
    this.log.warnOnce('hold_full', '', () => captureMessages.holdFull(events, units));
  }
}

/**
 * An error of this package describes the fault. Of any other, only the class is shown, because its message may contain values.
 */
function causeOf(error: unknown): { readonly cause?: Cause; readonly error?: string | undefined } {
  const ours = [UnserialisableError, OversizeError, InvalidTimeError, UnknownConsentKeyError] as const;
  // A thrown proxy may throw for `instanceof`, too.
  const isOurs = guarded(() => ours.some((each) => error instanceof each)) === true;
  if (!isOurs) return { error: guarded(() => (error instanceof Error ? error.name : undefined)) };
  return error instanceof OversizeError ? {} : { cause: error as Cause };
}

/** Levels of nesting that are checked. Only the copy of an event reads deeper values, and it catches their errors. */
const MAX_DEPTH = 4;

/** Whether reading a value may run code of the application: a proxy, an accessor, a function, or a method of a class. */
function mayThrow(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function';
  if (types.isProxy(value)) return true;
  if (depth === 0 || types.isDate(value)) return false;
  if (!isPlainObject(value) && !Array.isArray(value)) return true;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (member) => !('value' in member) || mayThrow(member.value, depth - 1),
  );
}
