import { types } from 'node:util';
import type { EventBufferFactory } from './buffer/event-buffer.js';
import { memory } from './buffer/memory/memory.js';
import { checkFilter } from './capture/lane-filter.js';
import { checkPrivacy } from './capture/privacy/check-privacy.js';
import { checkStaticProperties } from './capture/static-properties.js';
import { checkDestinations } from './check-destinations.js';
import { checkDispatcher, checkPrivateHosts } from './check-dispatcher.js';
import { checkProxies } from './check-proxies.js';
import {
  badChoice,
  badOption,
  checkCount,
  checkFlag,
  checkFunction,
  checkKeys,
  checkText,
} from './config/check-option.js';
import type { Witness } from './capture/witness.js';
import { checkRequestContext } from './context/request-context-options.js';
import type { KeepAnswers, LaneDestination, RetryPolicy } from './delivery/lane-destination.js';
import { limitsOf, MAX_ANSWER_BYTES } from './destinations/destination.js';
import type { Destination } from './destinations/destination.js';
import { LaneView } from './destinations/lane-view.js';
import { ProxyEnvironment } from './host/proxy-environment.js';
import { isUsable, normaliseIdentity } from './identity/normalise-identity.js';
import type { TrackingModuleOptions } from './options.js';
import { isTrackingPlan, ON_INVALID } from './plan/tracking-plan.js';
import type { OnInvalid } from './plan/tracking-plan.js';

const DAY_MS = 86_400_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The module's options with every default filled in. */
export interface ResolvedOptions {
  readonly enabled: boolean;
  readonly destinations: readonly Destination[];
  readonly buffer: EventBufferFactory;
  readonly namespace: string | undefined;
  readonly identity: NonNullable<TrackingModuleOptions['identity']>;
  readonly properties: TrackingModuleOptions['properties'];
  readonly retry: RetryPolicy;
  readonly dedup: { readonly maxKeys: number; readonly maxAgeMs: number };
  readonly deadLetters: { readonly maxEvents: number; readonly maxBytes: number };
  readonly plan: TrackingModuleOptions['plan'];
  readonly onInvalid: OnInvalid;
  readonly context: TrackingModuleOptions['context'];
  readonly telemetry: TrackingModuleOptions['telemetry'];
  readonly idempotency: TrackingModuleOptions['idempotency'];
  readonly consent: TrackingModuleOptions['consent'];
  readonly sampling: TrackingModuleOptions['sampling'];
  readonly hashIds: TrackingModuleOptions['hashIds'];
  readonly redact: TrackingModuleOptions['redact'];
  readonly filter: NonNullable<TrackingModuleOptions['filter']>;
  readonly shutdownTimeoutMs: number;
  readonly commitTimeoutMs: number;
  readonly maxEventBytes: number;
  readonly dispatcher: TrackingModuleOptions['dispatcher'];
  readonly keepAnswers: KeepAnswers;
  readonly proxies: ProxyEnvironment;
  /** Looks on at the door; the test kit's. */
  readonly witness?: Witness;
}

const KNOWN = [
  'destinations',
  'buffer',
  'namespace',
  'identity',
  'properties',
  'retry',
  'dedup',
  'plan',
  'onInvalid',
  'context',
  'telemetry',
  'idempotency',
  'deadLetters',
  'keepAnswers',
  'consent',
  'sampling',
  'hashIds',
  'redact',
  'filter',
  'shutdown',
  'commitTimeoutMs',
  'maxEventBytes',
  'dispatcher',
  'enabled',
];

/** For the object as a whole, which is missing mostly where a factory does not return it. */
const OPTIONS = 'an object with `destinations`, which `forRootAsync()` gets from what its factory returns';

/**
 * Checks every option and fills in the defaults.
 *
 * @throws TrackingConfigError for the first option that cannot work
 */
export function resolveOptions(options: TrackingModuleOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw badOption('options', options, OPTIONS);
  checkKeys('', options, KNOWN);
  checkFlag('enabled', options.enabled);
  const enabled = options.enabled ?? true;
  const buffer = options.buffer ?? memory();
  if (typeof buffer !== 'object' || typeof buffer.create !== 'function') {
    throw badOption('buffer', options.buffer, 'what memory() or journal() returns');
  }
  checkCount('maxEventBytes', options.maxEventBytes, 100, 100_000_000);
  const maxEventBytes = options.maxEventBytes ?? 1_000_000;
  buffer.check?.('buffer', options.maxEventBytes);
  checkDestinations(options.destinations, enabled);
  checkText('namespace', options.namespace);
  checkIdentity(options.identity);
  checkStaticProperties(options.properties, maxEventBytes);
  checkPrivacy(options, enabled);
  checkFilter(
    options.filter,
    options.destinations.map(({ name }) => name),
  );
  checkCount('commitTimeoutMs', options.commitTimeoutMs, 1, MAX_TIMER_MS);
  checkKeys('shutdown', options.shutdown, ['timeoutMs']);
  checkCount('shutdown.timeoutMs', options.shutdown?.timeoutMs, 0, MAX_TIMER_MS);
  checkKeys('dedup', options.dedup, ['maxKeys', 'maxAgeMs']);
  checkCount('dedup.maxKeys', options.dedup?.maxKeys, 1, 10_000_000);
  checkCount('dedup.maxAgeMs', options.dedup?.maxAgeMs, 1);
  checkIdempotency(options.idempotency);
  checkRequestContext(options.context);
  if (options.plan !== undefined && !isTrackingPlan(options.plan)) {
    throw badOption('plan', options.plan, 'what defineTrackingPlan() returns');
  }
  if (options.onInvalid !== undefined && !ON_INVALID.includes(options.onInvalid)) {
    throw badChoice('onInvalid', options.onInvalid, `one of ${ON_INVALID.join(', ')}`);
  }
  if (options.onInvalid !== undefined && options.plan === undefined) {
    throw badChoice('onInvalid', options.onInvalid, 'a `plan` beside it, without which nothing is invalid');
  }
  if (options.telemetry !== undefined && typeof options.telemetry?.start !== 'function') {
    throw badOption(
      'telemetry',
      options.telemetry,
      'an object with a function `start`, such as openTelemetry()',
    );
  }
  checkKeys('deadLetters', options.deadLetters, ['maxEvents', 'maxBytes']);
  checkCount('deadLetters.maxEvents', options.deadLetters?.maxEvents, 0);
  checkCount('deadLetters.maxBytes', options.deadLetters?.maxBytes, 0);
  checkDispatcher('dispatcher', options.dispatcher);
  checkPrivateHosts(options.destinations, options.dispatcher);
  const proxies = new ProxyEnvironment();
  if (enabled) checkProxies(options.destinations, options.dispatcher, proxies);
  const { keepAnswers = 'fields' } = options;
  if (keepAnswers !== 'fields' && keepAnswers !== 'text') {
    throw badChoice('keepAnswers', keepAnswers, "'fields' or 'text'");
  }
  return {
    enabled,
    destinations: [...options.destinations],
    buffer,
    namespace: options.namespace,
    identity: options.identity ?? {},
    properties: options.properties,
    retry: resolveRetry(options.retry, buffer.kind),
    dedup: { maxKeys: options.dedup?.maxKeys ?? 100_000, maxAgeMs: options.dedup?.maxAgeMs ?? DAY_MS },
    deadLetters: {
      maxEvents: options.deadLetters?.maxEvents ?? 1_000,
      maxBytes: options.deadLetters?.maxBytes ?? 16_777_216,
    },
    plan: options.plan,
    onInvalid: options.onInvalid ?? 'warn',
    context: options.context,
    telemetry: options.telemetry,
    idempotency: options.idempotency,
    consent: options.consent,
    sampling: options.sampling,
    hashIds: options.hashIds,
    redact: options.redact,
    filter: options.filter ?? {},
    shutdownTimeoutMs: options.shutdown?.timeoutMs ?? 10_000,
    commitTimeoutMs: options.commitTimeoutMs ?? 1_000,
    maxEventBytes,
    dispatcher: options.dispatcher,
    keepAnswers,
    proxies,
  };
}

/** A destination as its lane works with it. */
export function laneDestination(
  destination: Destination,
  dispatcher: TrackingModuleOptions['dispatcher'],
  keepAnswers: KeepAnswers,
): LaneDestination {
  const limits = limitsOf(destination);
  const { batch, credentials, answerBytesPerEvent = 0 } = destination;
  /** Events whose answers fit into what is read. */
  const answered = Math.floor(MAX_ANSWER_BYTES / answerBytesPerEvent);
  const view = new LaneView(destination);
  return {
    name: destination.name,
    batch: {
      maxEvents: Math.min(batch?.maxEvents ?? limits.maxEvents, Math.max(1, answered)),
      maxBytes: batch?.maxBytes ?? limits.maxBytes,
      maxDelayMs: batch?.maxDelayMs ?? 1_000,
    },
    concurrency: destination.concurrency ?? 4,
    timeoutMs: destination.timeoutMs ?? 10_000,
    pipelining: destination.pipelining ?? 1,
    maxAgeMs: destination.maxAgeMs,
    acknowledgement: destination.acknowledgement ?? 'accepted',
    onUnknown: destination.onUnknown ?? 'retry',
    secrets: destination.secrets ?? [],
    credentials: typeof credentials === 'function' ? credentials.bind(destination) : undefined,
    dispatcher: destination.dispatcher ?? dispatcher,
    allowPrivateHosts: destination.allowPrivateHosts ?? true,
    partition: destination.partition && ((held) => destination.partition!(view.of(held))),
    encode: (batch, attempt) => destination.encode(view.all(batch), attempt),
    decode: (answer, batch) => {
      const said = destination.decode?.(answer, view.all(batch));
      return types.isMap(said) ? view.settled(said, batch) : said;
    },
    explain: (answer) => destination.explain?.(answer),
    keepAnswers,
  };
}

function checkIdentity(identity: TrackingModuleOptions['identity']): void {
  checkKeys('identity', identity, ['resolvers', 'fallback', 'person']);
  if (identity === undefined) return;
  const { resolvers, fallback } = identity;
  checkFunction('identity.person', identity.person);
  if (resolvers !== undefined && !Array.isArray(resolvers)) {
    throw badOption('identity.resolvers', resolvers, 'an array of functions');
  }
  resolvers?.forEach((resolver, index) => {
    if (typeof resolver !== 'function') {
      throw badOption(`identity.resolvers[${index}]`, resolver, 'a function, such as fromRequestUser()');
    }
  });
  if (fallback !== undefined && typeof fallback !== 'function') {
    if (typeof fallback === 'object') checkKeys('identity.fallback', fallback, ['userId', 'anonymousId']);
    if (!isUsable(normaliseIdentity(fallback))) {
      throw badOption(
        'identity.fallback',
        fallback,
        "an object with `userId` or `anonymousId`, such as { userId: 'service:billing' }, or a function that returns one",
      );
    }
  }
}

function checkIdempotency(idempotency: TrackingModuleOptions['idempotency']): void {
  checkKeys('idempotency', idempotency, ['header', 'webhookId', 'eventId']);
  if (idempotency === undefined) return;
  const { header, eventId } = idempotency;
  if (header !== undefined && typeof header !== 'boolean' && !isHeaderName(header)) {
    throw badOption('idempotency.header', header, 'true, false or the name of a header');
  }
  checkFunction('idempotency.webhookId', idempotency.webhookId);
  if (eventId !== undefined && typeof eventId !== 'function' && !isHeaderName(eventId)) {
    throw badOption('idempotency.eventId', eventId, 'the name of a header, or a function');
  }
}

function isHeaderName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

function resolveRetry(retry: TrackingModuleOptions['retry'], buffer: string): RetryPolicy {
  checkKeys('retry', retry, ['minDelayMs', 'maxDelayMs', 'maxRetryAfterMs', 'maxAgeMs']);
  checkCount('retry.minDelayMs', retry?.minDelayMs, 1, MAX_TIMER_MS);
  checkCount('retry.maxDelayMs', retry?.maxDelayMs, 1, MAX_TIMER_MS);
  checkCount('retry.maxRetryAfterMs', retry?.maxRetryAfterMs, 0, MAX_TIMER_MS);
  checkCount('retry.maxAgeMs', retry?.maxAgeMs, 1);
  const minDelayMs = retry?.minDelayMs ?? Math.min(500, retry?.maxDelayMs ?? 500);
  const maxDelayMs = retry?.maxDelayMs ?? Math.max(60_000, minDelayMs);
  if (minDelayMs > maxDelayMs) {
    throw badChoice('retry.maxDelayMs', maxDelayMs, `at least \`retry.minDelayMs\` (${minDelayMs})`);
  }
  return {
    minDelayMs,
    maxDelayMs,
    maxRetryAfterMs: retry?.maxRetryAfterMs ?? 300_000,
    maxAgeMs: retry?.maxAgeMs ?? (buffer === 'memory' ? DAY_MS : undefined),
  };
}
