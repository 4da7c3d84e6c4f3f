import { types } from 'node:util';
import { keyedId, newId } from '../event/event-id.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import type { Reason } from '../event/reasons.js';
import { OversizeError, snapshot, WORST_BYTES_PER_UNIT } from '../event/snapshot.js';
import type { Snapshot } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import { disown } from '../host/disown.js';
import { normaliseId, normaliseIdentity } from '../identity/normalise-identity.js';
import { AcceptedEvent } from './accepted-event.js';
import { captureMessages } from './capture.messages.js';
import { CapturedOptions } from './captured-options.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventParts } from './event-parts.js';
import { isEventName } from './event-name.js';
import { epochMs } from './event-time.js';
import { redact } from './redaction.js';
import type { Redact } from './redaction.js';
import type { Router } from './router.js';

/** What the JSON of an event takes beside its texts, properties and context: ids, times and member names. */
const ENVELOPE_UNITS = 220;
const EMPTY: Snapshot = { value: Object.freeze({}), size: 2 };

/** An event that may be stored. */
export interface MadeEvent {
  readonly event: TrackingEvent;
  /** Units of its JSON, as estimated. */
  readonly size: number;
  /** Its id was derived from an idempotency key. */
  readonly keyed: boolean;
}

/** What the maker works with. */
export interface EventMakerSetup {
  readonly namespace: string;
  readonly maxEventBytes: number;
  readonly redact: Redact | undefined;
  readonly fallback: IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined;
  /** Who the surroundings of the running code speak of. */
  readonly identity: () => Identity | undefined;
  readonly router: Router;
  readonly clock: Clock;
  notice(notice: Notice, about: string, message: () => string): void;
}

/** Makes an event of a call: checks and copies what the caller said, and decides who, when and under which id. */
export class EventMaker {
  #redacting = false;

  constructor(private readonly setup: EventMakerSetup) {}

  /** The event, or the reason why there is none. Throws only what a hostile `options` object throws. */
  make(
    call: EventCall,
    options: CallOptions,
    source: string | undefined,
    decided: boolean,
  ): MadeEvent | Reason {
    const { clock, router, maxEventBytes, redact: hook } = this.setup;
    // Asked about the events that it makes itself, the hook would make more; without being asked, it would be passed by.
    if (this.#redacting) return 'redact_error';
    if (!isEventName(call.name)) return 'invalid_name';
    const lanes = router.select(options.destinations);
    if (lanes === undefined) return 'no_destination';
    const now = clock.now();
    const said = this.#parts(call, options, source, decided, now);
    if (typeof said === 'string') return said;
    const key = this.#key(options, source ?? call.name);
    const id = key === undefined ? newId(now) : keyedId(this.setup.namespace, call.type, call.name, key);
    let parts = said;
    let event: TrackingEvent = new AcceptedEvent(id, call.type, parts, now, source, lanes);
    if (hook !== undefined) {
      const redacted = this.#redact(hook, event);
      if (typeof redacted === 'string') return redacted;
      parts = redacted;
      event = new AcceptedEvent(id, call.type, parts, now, source, lanes);
    }
    const size = sizeOf(parts) + (source?.length ?? 0);
    if (
      (size + unitsOf(lanes)) * WORST_BYTES_PER_UNIT > maxEventBytes &&
      Buffer.byteLength(JSON.stringify(event)) > maxEventBytes
    ) {
      return 'too_large';
    }
    return { event, size, keyed: key !== undefined };
  }

  #redact(hook: Redact, event: TrackingEvent): EventParts | Reason {
    this.#redacting = true;
    try {
      return redact(hook, event, this.setup.maxEventBytes);
    } finally {
      this.#redacting = false;
    }
  }

  #parts(
    call: EventCall,
    options: CallOptions,
    source: string | undefined,
    decided: boolean,
    now: number,
  ): EventParts | Reason {
    const { timestamp: given, context } = options;
    const timestamp = given === undefined || given === null ? now : epochMs(given);
    if (Number.isNaN(timestamp)) return 'invalid_timestamp';
    const who = this.#who(call, options, source, decided);
    if (who === undefined) return 'no_identity';
    try {
      return {
        name: call.name as string,
        timestamp,
        who,
        groupId: call.groupId,
        previousId: call.previousId,
        properties: CapturedOptions.keptOf(options, call.properties) ?? this.#copy(call.properties) ?? EMPTY,
        context: this.#copy(context),
      };
    } catch (error) {
      return error instanceof OversizeError ? 'too_large' : 'unserialisable';
    }
  }

  #copy(value: unknown): Snapshot | undefined {
    return value === undefined || value === null
      ? undefined
      : snapshot(value as object, this.setup.maxEventBytes);
  }

  /** What the call says, else what its surroundings say, else the fallback. */
  #who(
    { userId }: EventCall,
    options: CallOptions,
    source: string | undefined,
    decided: boolean,
  ): Identity | undefined {
    if (userId !== undefined) return { userId };
    const said = normaliseIdentity(options);
    if (said !== undefined) return said;
    const around = decided ? undefined : this.setup.identity();
    if (around !== undefined) return around;
    const { fallback } = this.setup;
    if (typeof fallback !== 'function') return normaliseIdentity(fallback);
    try {
      const given: unknown = fallback(source);
      if (!types.isPromise(given)) return normaliseIdentity(given);
      disown(given);
    } catch {
      // Counted like a promise, below: both are nobody.
    }
    this.setup.notice('resolver_error', 'identity.fallback', () =>
      captureMessages.hookFailed('`identity.fallback`'),
    );
    return undefined;
  }

  #key(options: CallOptions, about: string): string | undefined {
    const { key } = options;
    if (key === undefined) return undefined;
    const text = normaliseId(key);
    if (text !== undefined) return text;
    this.setup.notice('key_empty', about, () => captureMessages.keyEmpty(about));
    return undefined;
  }
}

function sizeOf({ name, who, groupId, previousId, properties, context }: EventParts): number {
  return (
    ENVELOPE_UNITS +
    name.length +
    (who.userId?.length ?? 0) +
    (who.anonymousId?.length ?? 0) +
    (groupId?.length ?? 0) +
    (previousId?.length ?? 0) +
    properties.size +
    (context?.size ?? 0)
  );
}

function unitsOf(names: readonly string[]): number {
  let units = 0;
  for (let i = 0; i < names.length; i++) units += names[i]!.length + 3;
  return units;
}
