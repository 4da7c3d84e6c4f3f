import type { Dispatcher } from 'undici';
import type { EventBufferFactory } from './buffer/event-buffer.js';
import type { IdempotencyOptions } from './capture/idempotency-options.js';
import type { LaneFilter } from './capture/lane-filter.js';
import type { Consent, HashIdsOptions, RedactionRules, Sampling } from './capture/privacy/privacy-options.js';
import type { Redact } from './capture/redaction.js';
import type { RequestContextOptions } from './context/request-context-options.js';
import type { Destination } from './destinations/destination.js';
import type { EventTime } from './event/event-time.js';
import type { Id, Identity, IdentityInput, IdentityResolver } from './event/identity.js';
import type { PersonData, PersonResolver } from './event/person-data.js';
import type { TrackingTelemetry } from './event/telemetry.js';
import type { OnInvalid, TrackingPlan } from './plan/tracking-plan.js';

/** How the person of an event is found if the call does not name one. */
export interface IdentityOptions {
  /**
   * Read the identity from a request, in this order. Default: `fromRequestUser()`. An `anonymousId` from here is sent to all
   * destinations. Each destination also reads its own platform's browser ids, and only that destination gets them.
   */
  readonly resolvers?: readonly IdentityResolver[] | undefined;
  /**
   * The identity of events without a known person. Default: none; such events are rejected (`no_identity`), because a
   * missing person is usually a mistake. `source` is the code that recorded the event, if known.
   */
  readonly fallback?: IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined;
  /**
   * Reads the data of the person of a request by which ad platforms find them, such as their email address. Called only for
   * events about that person, and only if a destination needs the data. Default: none.
   */
  readonly person?: PersonResolver | undefined;
}

/** When failed events are retried. */
export interface RetryOptions {
  /** First pause in milliseconds. It doubles after each failure; its upper half is random. Default 500. */
  readonly minDelayMs?: number | undefined;
  /** Longest pause in milliseconds. Default 60,000. */
  readonly maxDelayMs?: number | undefined;
  /** Longest `Retry-After` that is honoured, in milliseconds. Default 300,000. */
  readonly maxRetryAfterMs?: number | undefined;
  /**
   * Age in milliseconds at which an undelivered event is dropped (`expired`). Default 86,400,000 with `memory()`, none
   * with a journal.
   */
  readonly maxAgeMs?: number | undefined;
}

/** Limits of dead letters per destination. */
export interface DeadLettersOptions {
  /** Default 1,000. */
  readonly maxEvents?: number | undefined;
  /** Default 16,777,216 (16 MiB). */
  readonly maxBytes?: number | undefined;
}

/** How long and how many idempotency keys are remembered. */
export interface DedupOptions {
  /** Default 100,000. */
  readonly maxKeys?: number | undefined;
  /** Default 86,400,000 (24 h). */
  readonly maxAgeMs?: number | undefined;
}

/** Options of `TrackingModule.forRoot()`. An invalid value fails at start with a `TrackingConfigError`. */
export interface TrackingModuleOptions {
  /** The platforms that events are delivered to; at least one. */
  readonly destinations: readonly Destination[];
  /** Where pending events are kept. Default: `memory()`. */
  readonly buffer?: EventBufferFactory | undefined;
  /**
   * Ids of keyed events are derived from it. Default: a digest of the destinations and their credentials; `journal()` keeps it
   * when one of them changes. Set it if you use keys with `memory()`, or if several services must derive the same id from the
   * same key.
   */
  readonly namespace?: string | undefined;
  readonly identity?: IdentityOptions | undefined;
  /**
   * Properties of every `track` event, such as the environment or the version of the application: a plain object of values
   * that JSON holds. Copied at start. A property of the call takes precedence. They are not part of the check against the
   * `plan`, and no traits of `identify()` or `group()`. Default: none.
   */
  readonly properties?: object | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly dedup?: DedupOptions | undefined;
  /**
   * The tracking plan, as `defineTrackingPlan()` returns it: the events of the application and their properties.
   * Default: any event.
   */
  readonly plan?: TrackingPlan | undefined;
  /**
   * How events that do not fit the `plan` are handled. `warn`: they are recorded unchanged. `reject`: they are rejected
   * (`invalid_properties`, `not_in_plan`). `strip`: invalid properties are removed, and the validator's output for the
   * others is recorded; an event that is still invalid, or cannot be checked, is rejected (`invalid_properties`). All are
   * counted in `stats().plan`. Default `warn`.
   */
  readonly onInvalid?: OnInvalid | undefined;
  /**
   * Details of the request that events carry in `context`. `{}` adds those that do not identify a person. Default:
   * none. Members of a call's own `context` take precedence.
   */
  readonly context?: RequestContextOptions | undefined;
  /** How a client's repeated request is recognised. Default: it is not. */
  readonly idempotency?: IdempotencyOptions | undefined;
  /**
   * Limits of dead letters per destination: `maxEvents` (default 1,000) and `maxBytes` (default 16,777,216, 16 MiB). Beyond
   * them the oldest are dropped (`dropped.dead_letters_full`). With `journal()`, bytes are those of the file on disk; with
   * `memory()`, an estimate of the memory used.
   */
  readonly deadLetters?: DeadLettersOptions | undefined;
  /**
   * The part of the platform's answer that a dead letter keeps. `'fields'`: status, code, field and message if the destination
   * understands the answer; otherwise status, kind and length. `'text'`: the answer's text, cut to 1 KB. The destination's
   * secrets are removed from both; personal data that the platform repeats is not. Default `'fields'`.
   */
  readonly keepAnswers?: 'fields' | 'text' | undefined;
  /**
   * Decides for each event, before anything else, whether it is recorded, and whether with its identity: for all destinations,
   * or by purpose and destination. With several hooks, the strictest answer counts for each destination. If a hook throws or
   * returns anything else, the event is rejected (`consent_error`). Ready-made: `globalPrivacyControl()`, `doNotTrack()`.
   * Default: all events may be recorded.
   */
  readonly consent?: Consent | readonly Consent[] | undefined;
  /**
   * The share of people whose events are recorded, from 0 to 1, or a function that gives it for each event. The same person
   * is always in or out for the same share, and in for every larger one; the others count as `suppressed.sampled`. Default 1.
   */
  readonly sampling?: Sampling | undefined;
  /** Replaces ids by their HMAC-SHA-256 before anything is buffered. Default: ids are not changed. */
  readonly hashIds?: HashIdsOptions | undefined;
  /**
   * Removes data from every event before it is buffered: rules, a hook, or both. The hook comes last and returns the
   * event, a changed copy, or `undefined` to suppress it. If it throws, the event is rejected (`redact_error`), never
   * sent unredacted. The hook cannot change id, type and lanes. Events that it records itself are rejected, too.
   */
  readonly redact?: Redact | RedactionRules | undefined;
  /**
   * Which events a destination gets, by its name: a list of event names (`identify`, `group` and `alias` for these calls), or a
   * synchronous function that gets a copy of each event after `redact`. An event that is left out is declined (`filtered`); a
   * function that throws, or returns anything but true or false, declines it too (`filter_error`). Default: all events.
   */
  readonly filter?: Readonly<Record<string, LaneFilter | undefined>> | undefined;
  readonly shutdown?:
    | {
        /** Milliseconds that `app.close()` may take to deliver pending events. Default 10,000. */
        readonly timeoutMs?: number | undefined;
      }
    | undefined;
  /** Milliseconds that `record()` and `durable` wait for a commit. Default 1,000. */
  readonly commitTimeoutMs?: number | undefined;
  /** Bytes (UTF-8) of one event's JSON; a larger event is rejected (`too_large`). Default 1,000,000. */
  readonly maxEventBytes?: number | undefined;
  /**
   * Receives measurements: `openTelemetry()` of `nestjs-tracking/opentelemetry`, or an object of your own. Default:
   * none.
   */
  readonly telemetry?: TrackingTelemetry | undefined;
  /** An undici 7 or 8 dispatcher for every destination without its own. The library uses it and never closes it. */
  readonly dispatcher?: Dispatcher | undefined;
  /** False: nothing is checked, opened or sent; every call counts as `suppressed.disabled`. Default true. */
  readonly enabled?: boolean | undefined;
}

/** What a class given to `forRootAsync({ useClass })` or `({ useExisting })` implements. */
export interface TrackingOptionsFactory {
  createTrackingOptions(): TrackingModuleOptions | Promise<TrackingModuleOptions>;
}

/** Options of the calls of `TrackingService` that record an event. */
export interface EventOptions extends IdentityInput {
  /**
   * When it happened: a `Date`, epoch milliseconds, or RFC 3339 text such as `2026-01-01T12:00:00Z`. `null` and `undefined` count
   * as not given. Default: now. A time before 1980 or more than a day ahead rejects the event (`invalid_timestamp`).
   */
  readonly timestamp?: EventTime | null | undefined;
  /** Idempotency key: the same key for the same name gives the same id, and is accepted once. */
  readonly key?: Id | undefined;
  /** Names of the destinations that get the event. Default: all. */
  readonly destinations?: readonly string[] | undefined;
  /** Context of the event, such as page or campaign. Any object. */
  readonly context?: object | undefined;
  /**
   * The groups that the event belongs to, by type: `{ company: 'acme' }`. Ids are stored as strings. A group with an unusable
   * id or type is left out, counted (`invalid_group`) and logged. Default: none.
   */
  readonly groups?: Readonly<Record<string, Id | undefined>> | undefined;
  /**
   * Data by which ad platforms find the person among their users, such as `{ email }`. Normalised and hashed before anything is
   * buffered, and handed only to destinations that need it. Replaces `identity.person` as a whole; `null`: none. Default: what
   * `identity.person` returns, if the event is about the person of the request.
   */
  readonly person?: PersonData | null | undefined;
}

/** Options of `group()`. */
export interface GroupOptions extends EventOptions {
  /**
   * The type of the group, such as `company`, for platforms that have several. Any value but a non-empty text rejects the call
   * (`invalid_id`). Default: the destination's.
   */
  readonly groupType?: string | undefined;
}

/** The result of `record()`, which never rejects. */
export interface RecordResult {
  /** Absent if the event was rejected. */
  readonly id?: string;
  readonly state: 'committed' | 'buffered' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  /** For `suppressed` and `rejected`. */
  readonly reason?: import('./event/reasons.js').Reason;
}

/** The result of `flush()`. */
export interface FlushReport {
  /** Deliveries during the flush, counted once per destination. */
  readonly delivered: number;
  /** Events pending when the flush ends, including those accepted during it. */
  readonly pending: number;
  /** Dead letters made during the flush. */
  readonly dead: number;
  /** True if the time ran out with events still pending. */
  readonly timedOut: boolean;
}

export type { Identity };
