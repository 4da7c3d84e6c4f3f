import type { Dispatcher } from 'undici';
import type { EventBufferFactory } from '../buffer/event-buffer.js';
import { memory } from '../buffer/memory/memory.js';
import { idempotencyRows, type IdempotencyOptions } from '../capture/idempotency/idempotency-options.js';
import type { LaneFilter } from '../capture/routing/lane-filter.js';
import { consenting, hashing, redaction, sampling } from '../capture/privacy/check-privacy.js';
import { checkDestinations } from './check-destinations.js';
import { checkDispatcher } from './check-connections.js';
import { requestContextRows, type RequestContextOptions } from '../context/request-context-options.js';
import {
  deadLettersRows,
  dedupRows,
  MAX_TIMER_MS,
  retryRows,
  type DeadLettersOptions,
  type DedupOptions,
  type RetryOptions,
} from './delivery-options.js';
import type { Destination } from '../destinations/destination.js';
import { isObject } from '../event/json-values.js';
import type { TrackingTelemetry } from '../observe/telemetry.js';
import { identityRows, type IdentityOptions } from './identity-options.js';
import { choice, count, flag, group, members, valueThat } from '../config/kinds.js';
import { option, type OptionsOf } from '../config/option.js';
import { isTrackingPlan, ON_INVALID, type TrackingPlan } from '../plan/tracking-plan.js';

/** A check that needs other options; `resolveOptions()` makes it. */
const later = (): void => {};

export const moduleRows = {
  /**
   * The platforms that events are delivered to: at least one. See docs/options-destinations.md.
   */
  destinations: option<readonly Destination[]>(
    '`Destination[]`',
    'an array of at least one destination, such as [kissmetrics({ apiKey })]',
    (_, value, { credentials }) => checkDestinations(value, credentials),
    { read: (value) => [...(value as readonly Destination[])] },
  ).always(),
  /**
   * Where pending events are kept: `memory()` or `journal()`. See docs/options.md#buffers.
   * @default `memory()`
   */
  buffer: valueThat<EventBufferFactory>(
    'buffer',
    'what memory() or journal() returns',
    (value) => isObject(value) && typeof value['create'] === 'function',
  ).default(memory()),
  /**
   * Ids of keyed events are derived from it. Set it if you use keys with `memory()`, or if several services must derive the same
   * ids from the same keys. `journal()` keeps the default when credentials change. See
   * docs/journal-accounts.md#the-namespace-of-keyed-ids.
   * @default digest of the destinations and credentials
   */
  namespace: valueThat<string>(
    'string',
    'a non-empty string',
    (value) => typeof value === 'string' && value !== '',
  ),
  /**
   * How the person of an event is found if the call names none. See docs/options-calls.md#identity.
   * @default see its page
   */
  identity: members<IdentityOptions>(identityRows).default({}),
  /**
   * Properties of every `track` event, such as the environment. See docs/properties.md#properties-of-every-event.
   *
   * A plain object of values that JSON holds. Copied at start. A property of the call takes precedence. They are not part of the
   * check against the `plan`, and no traits of `identify()` or `group()`.
   * @default none
   */
  properties: option<object>('object', 'a plain object', later),
  /**
   * When a failed attempt is repeated. See docs/options.md#retry.
   * @default see below
   */
  retry: members<RetryOptions>(retryRows),
  /**
   * How many keys are remembered, and for how long. See docs/options.md#keys.
   * @default see below
   */
  dedup: members<DedupOptions>(dedupRows),
  /**
   * The tracking plan, as `defineTrackingPlan()` returns it: the allowed events and their properties. See docs/tracking-plan.md.
   * @default any event
   */
  plan: valueThat<TrackingPlan>('`TrackingPlan`', 'what defineTrackingPlan() returns', isTrackingPlan),
  /**
   * How events that do not fit the `plan` are handled.
   *
   * `warn`: they are recorded unchanged. `reject`: they are rejected (`invalid_properties`, `not_in_plan`). `strip`: invalid
   * properties are removed, and the validator's output for the others is recorded; an event that is still invalid, or cannot be
   * checked, is rejected (`invalid_properties`). All are counted in `stats().plan`.
   * @default 'warn'
   */
  onInvalid: choice(...ON_INVALID).default('warn'),
  /**
   * Details of the request that events carry in `context`. `{}` adds those that do not identify a person. See
   * docs/options-requests.md#request-context.
   *
   * Members of a call's own `context` take precedence.
   * @default none
   */
  context: members<RequestContextOptions>(requestContextRows),
  /**
   * How a client's repeated request is recognised. See docs/options-requests.md#repeated-requests.
   * @default it is not
   */
  idempotency: members<IdempotencyOptions>(idempotencyRows),
  /**
   * Limits of dead letters per destination. See docs/options.md#dead-letters.
   * @default see below
   */
  deadLetters: members<DeadLettersOptions>(deadLettersRows),
  /**
   * The part of the platform's answer that a dead letter keeps. `'text'` may repeat the event. See
   * docs/dead-letters.md#what-is-kept-of-an-answer.
   *
   * `'fields'`: status, code, field and message if the destination understands the answer; otherwise status, kind and length.
   * `'text'`: the answer's text, cut to 1 KB. The destination's secrets are removed from both; personal data that the platform
   * repeats is not.
   * @default 'fields'
   */
  keepAnswers: choice('fields', 'text').default('fields'),
  /**
   * Decides for each event, before anything else, whether it is recorded, and by which destinations. See
   * docs/privacy.md#ask-for-consent-consent.
   *
   * It also decides whether the event keeps its identity: for all destinations, or by purpose and destination. With several hooks,
   * the strictest answer counts for each destination. If a hook throws or returns anything else, the event is rejected
   * (`consent_error`). Ready-made: `globalPrivacyControl()`, `doNotTrack()`.
   * @default all events are recorded
   */
  consent: consenting(),
  /**
   * The share of people whose events are recorded, from 0 to 1, or a function that gives it for each event. See
   * docs/privacy.md#record-a-share-of-people-sampling.
   *
   * The same person is always in or out for the same share, and in for every larger one; the others count as `suppressed.sampled`.
   * @default 1
   */
  sampling: sampling(),
  /**
   * Replaces ids by their HMAC-SHA-256 before anything is buffered. See docs/options-requests.md#hashed-ids.
   * @default ids are not changed
   */
  hashIds: hashing(),
  /**
   * Removes data from every event before it is buffered: rules, a hook, or both. See docs/options-requests.md#redaction.
   *
   * The hook comes last and returns the event, a changed copy, or `undefined` to suppress it. If it throws, the event is rejected
   * (`redact_error`), never sent unredacted. The hook cannot change id, type and lanes. Events that it records itself are
   * rejected, too.
   * @default nothing is removed
   */
  redact: redaction(),
  /**
   * Which events a destination gets, by its name: a list of event names, or a function. See
   * docs/map-and-filter.md#fewer-events-filter.
   *
   * The names `identify`, `group` and `alias` stand for these calls. The function is synchronous and gets a copy of each event after
   * `redact`. An event that is left out is declined (`filtered`); a function that throws, or returns anything but true or false,
   * declines it too (`filter_error`).
   * @default all events
   */
  filter: option<Readonly<Record<string, LaneFilter | undefined>>>('object', 'an object', later).default({}),
  shutdown: group({
    /**
     * Milliseconds that `app.close()` may take to deliver pending events.
     * @default 10,000
     */
    timeoutMs: count(0, MAX_TIMER_MS).default(10_000),
  }),
  /**
   * Milliseconds that `record()` and `durable` wait for a commit.
   * @default 1,000
   */
  commitTimeoutMs: count(1, MAX_TIMER_MS).default(1_000),
  /**
   * Bytes (UTF-8) of one event's JSON. A larger event is rejected (`too_large`).
   * @default 1,000,000
   */
  maxEventBytes: count(100, 100_000_000).default(1_000_000),
  /**
   * Receives measurements: `openTelemetry()`, or an object of your own. See docs/options-tools.md#opentelemetry.
   * @default none
   */
  telemetry: valueThat<TrackingTelemetry>(
    'object',
    'an object with a function `start`, such as openTelemetry()',
    (value) => typeof (value as TrackingTelemetry | null)?.start === 'function',
  ),
  /**
   * An undici 7 or 8 dispatcher for every destination without its own, such as a `ProxyAgent`. The package uses it and never closes
   * it.
   * @default one for each destination
   */
  dispatcher: option<Dispatcher>('undici dispatcher', 'an undici dispatcher', checkDispatcher),
  /**
   * False: nothing is opened or sent, and credentials may be missing. All other options are checked. Every call counts as
   * `suppressed.disabled`.
   * @default true
   */
  enabled: flag().default(true),
};

/** Options of `TrackingModule.forRoot()`. An invalid value fails at start with a `TrackingConfigError`. */
export interface TrackingModuleOptions extends OptionsOf<typeof moduleRows> {}

/** Implemented by a class given to `forRootAsync({ useClass })` or `({ useExisting })`. */
export interface TrackingOptionsFactory {
  createTrackingOptions(): TrackingModuleOptions | Promise<TrackingModuleOptions>;
}
