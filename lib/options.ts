import type { Dispatcher } from 'undici';
import type { EventBufferFactory } from './buffer/event-buffer.js';
import type { IdempotencyOptions } from './capture/idempotency-options.js';
import type { Consent, HashIdsOptions, RedactionRules, Sampling } from './capture/privacy/privacy-options.js';
import type { Redact } from './capture/redaction.js';
import type { RequestContextOptions } from './context/request-context-options.js';
import type { Destination } from './destinations/destination.js';
import type { EventTime } from './event/event-time.js';
import type { Id, Identity, IdentityInput, IdentityResolver } from './event/identity.js';
import type { TrackingTelemetry } from './event/telemetry.js';
import type { OnInvalid, TrackingPlan } from './plan/tracking-plan.js';

/** Who events are about where the call does not say it. */
export interface IdentityOptions {
  /**
   * Read the identity from a request, in this order. Default: `fromRequestUser()`, then what each destination reads from
   * its platform's own browser cookie.
   */
  readonly resolvers?: readonly IdentityResolver[];
  /**
   * For events of nobody. Default: none, so that they are refused (`no_identity`): an event without a person is a mistake
   * more often than not. `source` is the code that the event came from, where known.
   */
  readonly fallback?: IdentityInput | ((source: string | undefined) => IdentityInput | undefined);
}

/** When what failed is tried again. */
export interface RetryOptions {
  /** First pause in milliseconds; doubled at each failure, jitter over its upper half. Default 500. */
  readonly minDelayMs?: number;
  /** Longest pause. Default 60,000. */
  readonly maxDelayMs?: number;
  /** Longest `Retry-After` that is believed. Default 300,000. */
  readonly maxRetryAfterMs?: number;
  /** Age at which an undelivered event is dropped (`expired`). Default 86,400,000 with `memory()`, none with a journal. */
  readonly maxAgeMs?: number;
}

/** Limits of dead letters per destination. */
export interface DeadLettersOptions {
  /** Default 1,000. */
  readonly maxEvents?: number;
  /** Default 16,777,216 (16 MiB). */
  readonly maxBytes?: number;
}

/** How long and how many idempotency keys are remembered. */
export interface DedupOptions {
  /** Default 100,000. */
  readonly maxKeys?: number;
  /** Default 86,400,000 (24 h). */
  readonly maxAgeMs?: number;
}

/** What `TrackingModule.forRoot()` takes. Every bad value fails at start with a `TrackingConfigError`. */
export interface TrackingModuleOptions {
  /** Where events go; at least one. */
  readonly destinations: readonly Destination[];
  /** What waits, and where. Default: `memory()`. */
  readonly buffer?: EventBufferFactory;
  /**
   * Ids of keyed events are derived from it. Default: a digest of the destinations and their credentials; `journal()` keeps it
   * when one of them changes. Set it if you use keys with `memory()`, or if several services must derive the same id from the
   * same key.
   */
  readonly namespace?: string;
  readonly identity?: IdentityOptions;
  readonly retry?: RetryOptions;
  readonly dedup?: DedupOptions;
  /** Which events there are, and what each of them holds: what `defineTrackingPlan()` returns. Default: any. */
  readonly plan?: TrackingPlan;
  /**
   * What becomes of events that do not fit the `plan`. `warn`: they go out as they are. `reject`: they are refused
   * (`invalid_properties`, `not_in_plan`). `strip`: what does not fit is left out, and what the validator made of the rest
   * goes out; what still does not fit, or cannot be checked, is refused (`invalid_properties`).
   * All are counted in `stats().plan`. Default `warn`.
   */
  readonly onInvalid?: OnInvalid;
  /**
   * What events carry of the request that they come from, in `context`. `{}` is a good beginning: what tells nothing of the
   * person. Default: nothing. What a call gives as `context` comes first, member by member.
   */
  readonly context?: RequestContextOptions;
  /** How a client's repeated request is recognised. Default: not at all. */
  readonly idempotency?: IdempotencyOptions;
  /**
   * Limits of dead letters per destination: `maxEvents` (default 1,000) and `maxBytes` (default 16,777,216, 16 MiB). Beyond
   * them the oldest are dropped (`dropped.dead_letters_full`). With `journal()`, bytes are those of the file on disk; with
   * `memory()`, an estimate of the memory used.
   */
  readonly deadLetters?: DeadLettersOptions;
  /**
   * The part of the platform's answer that a dead letter keeps. `'fields'`: status, code, field and message if the destination
   * understands the answer; otherwise status, kind and length. `'text'`: the answer's text, cut to 1 KB. The destination's
   * secrets are removed from both; personal data that the platform repeats is not. Default `'fields'`.
   */
  readonly keepAnswers?: 'fields' | 'text';
  /**
   * Asked of every event before anything else is done with it: may it be recorded, and with its identity? Several: the
   * strictest answer counts. A hook that throws, or gives no answer of these, refuses the event (`consent_error`). Ready:
   * `globalPrivacyControl()`, `doNotTrack()`. Default: all events may be recorded.
   */
  readonly consent?: Consent | readonly Consent[];
  /**
   * The share of people whose events are recorded, from 0 to 1, or a function that gives it for each event. The same person
   * is always in or out for the same share, and in for every larger one; the others count as `suppressed.sampled`. Default 1.
   */
  readonly sampling?: Sampling;
  /** Replaces ids by their HMAC-SHA-256 before anything is buffered. Default: they stay what they are. */
  readonly hashIds?: HashIdsOptions;
  /**
   * What is taken out of every event before anything is buffered: rules, a hook, or both. The hook comes last and returns the
   * event, a changed copy, or `undefined` to suppress it. If it throws, the event is refused (`redact_error`), never sent
   * unredacted. Id, type and lanes stay what they were. Events that the hook itself makes are refused likewise.
   */
  readonly redact?: Redact | RedactionRules;
  readonly shutdown?: {
    /** Milliseconds that `app.close()` may take to deliver what waits. Default 10,000. */
    readonly timeoutMs?: number;
  };
  /** Milliseconds that `record()` and `durable` wait for a commit. Default 1,000. */
  readonly commitTimeoutMs?: number;
  /** UTF-8 bytes of one event's JSON; larger ones are refused (`too_large`). Default 1,000,000. */
  readonly maxEventBytes?: number;
  /** What watches: `openTelemetry()` of `nestjs-tracking/opentelemetry`, or your own. Default: nothing. */
  readonly telemetry?: TrackingTelemetry;
  /** An undici 7 or 8 dispatcher for every destination without its own. The library uses it and never closes it. */
  readonly dispatcher?: Dispatcher;
  /** False: nothing is checked, opened or sent; every call counts as `suppressed.disabled`. Default true. */
  readonly enabled?: boolean;
}

/** What a class given to `forRootAsync({ useClass })` or `({ useExisting })` implements. */
export interface TrackingOptionsFactory {
  createTrackingOptions(): TrackingModuleOptions | Promise<TrackingModuleOptions>;
}

/** What every call of `TrackingService` that makes an event may say about it. */
export interface EventOptions extends IdentityInput {
  /**
   * When it happened: a `Date`, epoch milliseconds, or RFC 3339 text such as `2026-01-01T12:00:00Z`. `null` and `undefined` count
   * as not given. Default: now. A time before 1980 or more than a day ahead rejects the event (`invalid_timestamp`).
   */
  readonly timestamp?: EventTime | null | undefined;
  /** Idempotency key: the same key for the same name gives the same id, and is accepted once. */
  readonly key?: Id;
  /** Names of the destinations it goes to. Default: all. */
  readonly destinations?: readonly string[];
  /** What surrounds the event. Any object. */
  readonly context?: object;
}

/** What `record()` resolves to. It never rejects. */
export interface RecordResult {
  /** Absent where the event was refused. */
  readonly id?: string;
  readonly state: 'committed' | 'buffered' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  /** For `suppressed` and `rejected`. */
  readonly reason?: import('./event/reasons.js').Reason;
}

/** What `flush()` resolves to. */
export interface FlushReport {
  /** Deliveries during the flush, counted once per destination. */
  readonly delivered: number;
  /** What waits when the flush ends, also what came in meanwhile. */
  readonly pending: number;
  /** Dead letters made during the flush. */
  readonly dead: number;
  /** True when the time ran out before the work did. */
  readonly timedOut: boolean;
}

export type { Identity };
