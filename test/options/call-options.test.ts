import { describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { defineTrackingPlan } from '../../lib/plan/tracking-plan.js';
import { typed } from '../../lib/plan/standard-schema.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { fromRequestUser, kissmetrics, memory, webhook } from '../../lib/index.js';
import type { TrackingModuleOptions } from '../../lib/index.js';
import { ProxyEnvironment } from '../../lib/host/proxy-environment.js';
import { laneDestination } from '../../lib/options/lane-destination.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const MAX_TIMER_MS = 2 ** 31 - 1;
const km = (options: object = {}): Destination => kissmetrics({ apiKey: KEY, ...options });
const own = (members: object = {}): Destination => ({
  name: 'own',
  encode: () => ({ method: 'POST', url: 'http://localhost' }),
  ...members,
});

function resolve(options: object): ReturnType<typeof resolveOptions> {
  return resolveOptions({ destinations: [own()], ...options } as unknown as TrackingModuleOptions);
}

function errorOf(options: object): TrackingConfigError {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a bad option fails at start with its name, the value kind and the expected value', () => {
  test.each<[object, string, string, string]>([
    // unknown
    [{ destination: [km()] }, 'destination', 'unknown', 'destinations, buffer'],
    [{ retry: { attempts: 3 } }, 'retry.attempts', 'unknown', 'minDelayMs, maxDelayMs'],
    [{ dedup: { size: 3 } }, 'dedup.size', 'unknown', 'maxKeys, maxAgeMs'],
    [{ idempotency: { headers: [] } }, 'idempotency.headers', 'unknown', 'header, webhookId, eventId'],
    [{ idempotency: { header: '' } }, 'idempotency.header', 'an empty string', 'name of a header'],
    [{ idempotency: { header: 'a key' } }, 'idempotency.header', 'a string', 'name of a header'],
    [{ idempotency: { header: 5 } }, 'idempotency.header', 'a number', 'true, false or the name'],
    [{ idempotency: { webhookId: 'x-id' } }, 'idempotency.webhookId', 'a string', 'a function'],
    [{ idempotency: { eventId: true } }, 'idempotency.eventId', 'true', 'a function'],
    [{ idempotency: { eventId: 'an id' } }, 'idempotency.eventId', 'a string', 'name of a header'],
    [{ shutdown: { timeout: 3 } }, 'shutdown.timeout', 'unknown', 'timeoutMs'],
    [{ deadLetters: { max: 3 } }, 'deadLetters.max', 'unknown', 'maxEvents, maxBytes'],
    [{ identity: { resolver: 3 } }, 'identity.resolver', 'unknown', 'resolvers, fallback'],
    [{ identity: { fallback: { id: 3 } } }, 'identity.fallback.id', 'unknown', 'userId, anonymousId'],
    [{ buffer: memory({ max: 5 } as object) }, 'buffer.max', 'unknown', 'maxEvents, maxBytes, onFull'],
    // destinations
    [{ destinations: undefined }, 'destinations', 'undefined', 'at least one destination'],
    [{ destinations: [] }, 'destinations', 'an empty array', 'at least one destination'],
    [{ destinations: km() }, 'destinations', 'an object', 'an array'],
    [{ destinations: [null] }, 'destinations[0]', 'null', 'a destination, such as kissmetrics({ apiKey })'],
    [{ destinations: [km(), 'km'] }, 'destinations[1]', 'a string of 2', 'a destination'],
    [{ destinations: [kissmetrics] }, 'destinations[0]', 'a function', 'kissmetrics({ apiKey })'],
    [{ destinations: [own({ encode: undefined })] }, 'destinations[0]', 'an object', '`name` and `encode`'],
    [{ destinations: [own({ name: '' })] }, 'destinations[0].name', 'an empty string', 'a non-empty string'],
    [{ destinations: [own({ name: 5 })] }, 'destinations[0].name', 'a number', 'a non-empty string'],
    [{ destinations: [km(), km()] }, 'destinations[1].name', "'kissmetrics'", 'another `name`'],
    [
      { destinations: [kissmetrics({ apiKey: '' })] },
      'destinations[0].apiKey',
      'an empty string',
      'expected',
    ],
    [
      { destinations: [kissmetrics({ apiKey: undefined })] },
      'destinations[0].apiKey',
      'undefined',
      'expected',
    ],
    [{ destinations: [own(), webhook({ url: 'receiver' })] }, 'destinations[1].url', 'a string', 'http'],
    // a destination of the application
    [{ destinations: [own({ concurrency: 0 })] }, 'destinations[0].concurrency', '0', 'from 1 to'],
    [{ destinations: [own({ concurrency: Infinity })] }, 'destinations[0].concurrency', 'Infinity', 'from 1'],
    [{ destinations: [own({ pipelining: 0 })] }, 'destinations[0].pipelining', '0', 'at least 1'],
    [{ destinations: [own({ timeoutMs: -1 })] }, 'destinations[0].timeoutMs', '-1', 'from 1 to'],
    [{ destinations: [own({ maxAgeMs: 0 })] }, 'destinations[0].maxAgeMs', '0', 'at least 1'],
    [
      { destinations: [own({ answerBytesPerEvent: 0 })] },
      'destinations[0].answerBytesPerEvent',
      '0',
      'at least',
    ],
    [{ destinations: [own({ onUnknown: 'drop' })] }, 'destinations[0].onUnknown', 'drop', 'retry, dead'],
    [
      { destinations: [own({ purpose: 'ads' })] },
      'destinations[0].purpose',
      'ads',
      'one of analytics, advertising',
    ],
    [
      { destinations: [own({ needs: ['email'] })] },
      'destinations[0].needs[0]',
      'email',
      'one of person, consent',
    ],
    // the first of two, in the order in which they are documented
    [
      { destinations: [own({ concurrency: 0, pipelining: 0 })] },
      'destinations[0].concurrency',
      '0',
      'from 1 to',
    ],
    [{ destinations: [own({ map: 'purchase' })] }, 'destinations[0].map', 'a string', 'a function'],
    [{ destinations: [own({ map: {} })] }, 'destinations[0].map', 'an object', 'at least one of events'],
    [{ destinations: [own({ map: { event: {} } })] }, 'destinations[0].map.event', 'unknown', 'events'],
    [
      { destinations: [own({ map: { events: { Paid: '' } } })] },
      'destinations[0].map.events.Paid',
      'an empty string',
      "an event's name",
    ],
    [
      { destinations: [webhook({ url: 'https://a.example', map: { properties: { total: 5 } } as never })] },
      'destinations[0].map.properties.total',
      'a number',
      "a property's name",
    ],
    [{ destinations: [own({ limits: 5 })] }, 'destinations[0].limits', 'a number', 'an object'],
    [
      { destinations: [own({ limits: { events: 5 } })] },
      'destinations[0].limits.events',
      'unknown',
      'maxEvents',
    ],
    [
      { destinations: [own({ limits: { maxEvents: 0 } })] },
      'destinations[0].limits.maxEvents',
      '0',
      'at least 1',
    ],
    [
      { destinations: [own({ batch: { maxEvents: 0 } })] },
      'destinations[0].batch.maxEvents',
      '0',
      'from 1 to 500',
    ],
    [
      { destinations: [own({ batch: { maxEvents: 501 } })] },
      'destinations[0].batch.maxEvents',
      '501',
      'from 1 to 500',
    ],
    [
      { destinations: [own({ batch: { maxBytes: -1 } })] },
      'destinations[0].batch.maxBytes',
      '-1',
      'from 1 to',
    ],
    [
      { destinations: [own({ batch: { maxDelayMs: -1 } })] },
      'destinations[0].batch.maxDelayMs',
      '-1',
      'from 0 to',
    ],
    [{ destinations: [own({ batch: { size: 1 } })] }, 'destinations[0].batch.size', 'unknown', 'maxEvents'],
    [{ destinations: [own({ decode: 'json' })] }, 'destinations[0].decode', 'a string', 'a function'],
    [{ destinations: [own({ accept: true })] }, 'destinations[0].accept', 'true', 'a function'],
    [{ destinations: [own({ partition: 'id' })] }, 'destinations[0].partition', 'a string', 'a function'],
    [{ destinations: [own({ resolvers: [5] })] }, 'destinations[0].resolvers[0]', 'a number', 'a function'],
    [
      { destinations: [own({ secrets: 'key' })] },
      'destinations[0].secrets',
      'a string of 3 characters',
      'an array',
    ],
    [{ destinations: [own({ dispatcher: {} })] }, 'destinations[0].dispatcher', 'an object', 'Dispatcher'],
    [{ destinations: [km({ dispatcher: null })] }, 'destinations[0].dispatcher', 'null', 'Dispatcher'],
    [{ destinations: [km({ dispatcher: {} })] }, 'destinations[0].dispatcher', 'an object', 'Dispatcher'],
    [{ hashIds: 'pepper' }, 'hashIds', 'a string of 6 characters', 'an object with `secret`'],
    // buffer
    [{ buffer: 'memory' }, 'buffer', 'a string', 'memory()'],
    [{ buffer: memory }, 'buffer', 'a function', 'memory()'],
    [{ buffer: {} }, 'buffer', 'an object', 'memory() or journal()'],
    [{ buffer: memory({ maxEvents: 0 }) }, 'buffer.maxEvents', '0', 'at least 1'],
    [{ buffer: memory({ maxEvents: -1 }) }, 'buffer.maxEvents', '-1', 'at least 1'],
    [{ buffer: memory({ maxBytes: 1.5 }) }, 'buffer.maxBytes', '1.5', 'a whole number'],
    [{ buffer: memory({ onFull: 'block' as 'dropOldest' }) }, 'buffer.onFull', "'block'", "'rejectNewest'"],
    [{ buffer: memory(null as unknown as object) }, 'buffer', 'null', 'an object'],
    // sizes and times
    [{ maxEventBytes: 99 }, 'maxEventBytes', '99', 'from 100 to'],
    [{ maxEventBytes: -1 }, 'maxEventBytes', '-1', 'from 100 to'],
    [{ maxEventBytes: '1MB' }, 'maxEventBytes', "'1MB'", 'a whole number'],
    [{ commitTimeoutMs: 0 }, 'commitTimeoutMs', '0', 'from 1 to'],
    [{ commitTimeoutMs: 2 ** 31 }, 'commitTimeoutMs', '2147483648', `from 1 to ${MAX_TIMER_MS}`],
    [{ shutdown: { timeoutMs: -1 } }, 'shutdown.timeoutMs', '-1', 'from 0 to'],
    [{ shutdown: 5_000 }, 'shutdown', 'a number', 'an object'],
    [{ dedup: { maxKeys: 0 } }, 'dedup.maxKeys', '0', 'from 1 to'],
    [{ dedup: { maxKeys: 16_777_217 } }, 'dedup.maxKeys', '16777217', 'from 1 to'],
    [{ dedup: { maxAgeMs: -1 } }, 'dedup.maxAgeMs', '-1', 'at least 1'],
    [{ deadLetters: { maxEvents: -1 } }, 'deadLetters.maxEvents', '-1', 'at least 0'],
    [{ deadLetters: { maxBytes: 1.5 } }, 'deadLetters.maxBytes', '1.5', 'at least 0'],
    [{ deadLetters: false }, 'deadLetters', 'false', 'an object'],
    [{ retry: { minDelayMs: 0 } }, 'retry.minDelayMs', '0', 'from 1 to'],
    [{ retry: { maxDelayMs: Number.NaN } }, 'retry.maxDelayMs', 'NaN', 'from 1 to'],
    [{ retry: { maxDelayMs: 2 ** 31 } }, 'retry.maxDelayMs', '2147483648', `from 1 to ${MAX_TIMER_MS}`],
    [{ retry: { maxRetryAfterMs: -1 } }, 'retry.maxRetryAfterMs', '-1', 'from 0 to'],
    [{ retry: { maxAgeMs: 0 } }, 'retry.maxAgeMs', '0', 'at least 1'],
    // unreachable combinations
    [{ retry: { minDelayMs: 100, maxDelayMs: 50 } }, 'retry.maxDelayMs', '50', '`retry.minDelayMs` (100)'],
    [
      { maxEventBytes: 1_000_000, buffer: memory({ maxBytes: 1_000_000 }) },
      'buffer.maxBytes',
      '1000000',
      '`maxEventBytes`',
    ],
    [{ maxEventBytes: 500, buffer: memory({ maxBytes: 499 }) }, 'buffer.maxBytes', '499', '`maxEventBytes`'],
    // the rest
    [{ onInvalid: 'reject' }, 'onInvalid', "'reject'", 'a `plan`'],
    [{ namespace: '' }, 'namespace', 'an empty string', 'a non-empty string'],
    [{ namespace: 5 }, 'namespace', 'a number', 'a non-empty string'],
    [{ redact: 'email' }, 'redact', 'a string', 'a function'],
    [{ enabled: 'false' }, 'enabled', "'false'", 'true or false'],
    [{ dispatcher: {} }, 'dispatcher', 'an object', 'an undici Dispatcher'],
    [{ dispatcher: null }, 'dispatcher', 'null', 'an undici Dispatcher'],
    [{ identity: { resolvers: fromRequestUser() } }, 'identity.resolvers', 'a function', 'an array'],
    [
      { identity: { resolvers: [fromRequestUser], fallback: 'anonymous' } },
      'identity.fallback',
      'a string of 9',
      "`userId` or `anonymousId`, such as { userId: 'service:billing' }, or a function",
    ],
    [{ identity: { resolvers: ['user'] } }, 'identity.resolvers[0]', 'a string', 'fromRequestUser()'],
    [{ identity: { fallback: {} } }, 'identity.fallback', 'an object', '`userId` or `anonymousId`'],
    [
      { identity: { fallback: { userId: '' } } },
      'identity.fallback',
      'an object',
      '`userId` or `anonymousId`',
    ],
    [
      { identity: { fallback: { userId: {} } } },
      'identity.fallback',
      'an object',
      '`userId` or `anonymousId`',
    ],
  ])('%j', (options, option, got, wants) => {
    const { option: named, message } = errorOf(options);
    expect(named).toBe(option);
    expect(message).toContain(`\`${option}\``.replace('destinations[1].name', 'destinations[1]'));
    expect(message).toContain(got);
    expect(message).toContain(wants);
  });

  test('a factory that returns no options', () => {
    expect(() => resolveOptions(undefined as unknown as TrackingModuleOptions)).toThrow(
      'expected an object with `destinations`, which `forRootAsync()` gets from what its factory returns',
    );
  });

  test.each([undefined, null, 'options', 5])('%p instead of the options', (options) => {
    expect(() => resolveOptions(options as unknown as TrackingModuleOptions)).toThrow(TrackingConfigError);
  });
});

describe('an omitted option', () => {
  test('has the documented defaults', () => {
    expect(resolve({})).toMatchObject({
      enabled: true,
      namespace: undefined,
      identity: {},
      retry: { minDelayMs: 500, maxDelayMs: 60_000, maxRetryAfterMs: 300_000, maxAgeMs: 86_400_000 },
      dedup: { maxKeys: 100_000, maxAgeMs: 86_400_000 },
      deadLetters: { maxEvents: 1_000, maxBytes: 16_777_216 },
      shutdownTimeoutMs: 10_000,
      commitTimeoutMs: 1_000,
      maxEventBytes: 1_000_000,
      buffer: { kind: 'memory' },
    });
  });

  test('does not expire events if the buffer outlives the process', () => {
    const journal = { kind: 'journal', create: () => undefined };
    expect(resolve({ buffer: journal }).retry.maxAgeMs).toBeUndefined();
    expect(resolve({ buffer: journal, retry: { maxAgeMs: 5_000 } }).retry.maxAgeMs).toBe(5_000);
  });

  test('adapts to a given bound: one of two delays alone is no contradiction', () => {
    expect(resolve({ retry: { maxDelayMs: 100 } }).retry).toMatchObject({ minDelayMs: 100, maxDelayMs: 100 });
    expect(resolve({ retry: { minDelayMs: 90_000 } }).retry).toMatchObject({
      minDelayMs: 90_000,
      maxDelayMs: 90_000,
    });
  });

  test('is filled in for a destination of the application', () => {
    const dispatcher = new Agent();
    expect(laneDestination(own(), dispatcher, 'fields')).toMatchObject({
      name: 'own',
      batch: { maxEvents: 500, maxBytes: 512_000, maxDelayMs: 1_000 },
      concurrency: 4,
      timeoutMs: 10_000,
      pipelining: 1,
      secrets: [],
      dispatcher,
    });
    expect(laneDestination(own({ limits: { maxEvents: 20 } }), undefined, 'fields').batch.maxEvents).toBe(20);
    expect(
      laneDestination(own({ limits: { maxEvents: 20 }, batch: { maxEvents: 5 } }), undefined, 'fields').batch,
    ).toEqual({
      maxEvents: 5,
      maxBytes: 512_000,
      maxDelayMs: 1_000,
    });
    const theirs = new Agent();
    expect(laneDestination(own({ dispatcher: theirs }), dispatcher, 'fields').dispatcher).toBe(theirs);
  });
});

describe('a given option', () => {
  test('is used, for every option', () => {
    const dispatcher = new Agent();
    const options = {
      destinations: [km(), own()],
      buffer: memory({ maxEvents: 10, maxBytes: 2_000_000, onFull: 'rejectNewest' }),
      namespace: 'acme',
      identity: { resolvers: [fromRequestUser()], fallback: { userId: 0, anonymousId: 1n } },
      retry: { minDelayMs: 1, maxDelayMs: 2, maxRetryAfterMs: 0, maxAgeMs: 3 },
      dedup: { maxKeys: 4, maxAgeMs: 5 },
      deadLetters: { maxEvents: 0, maxBytes: 0 },
      plan: defineTrackingPlan({ 'Order Completed': typed<{ revenue: number }>() }),
      onInvalid: 'strip',
      context: { userAgent: true },
      telemetry: { start: () => () => undefined },
      idempotency: { header: true },
      redact: (event: unknown) => event,
      filter: { own: ['Order Completed'] },
      shutdown: { timeoutMs: 0 },
      commitTimeoutMs: 6,
      maxEventBytes: 700,
      dispatcher,
      keepAnswers: 'text',
      enabled: true,
    };
    expect(resolve(options)).toEqual({
      enabled: true,
      destinations: options.destinations,
      buffer: options.buffer,
      namespace: 'acme',
      identity: options.identity,
      retry: options.retry,
      dedup: options.dedup,
      deadLetters: options.deadLetters,
      plan: options.plan,
      onInvalid: 'strip',
      context: { ...resolve({ context: {} }).context, userAgent: true },
      telemetry: options.telemetry,
      idempotency: options.idempotency,
      redact: options.redact,
      filter: options.filter,
      shutdownTimeoutMs: 0,
      commitTimeoutMs: 6,
      maxEventBytes: 700,
      dispatcher,
      keepAnswers: 'text',
      proxies: expect.any(ProxyEnvironment),
    });
  });

  test('keeps the `this` of a destination that is an instance of a class', () => {
    class Own implements Destination {
      readonly name = 'own';
      readonly url = 'http://localhost';
      encode() {
        return { method: 'POST' as const, url: this.url };
      }
      decode() {
        return this.name === 'own' ? ('delivered' as const) : undefined;
      }
      partition() {
        return this.url;
      }
    }
    const lane = laneDestination(new Own(), undefined, 'fields');
    expect(lane.encode([], { now: 0, number: 1 }).url).toBe('http://localhost');
    expect(lane.decode({ status: 200, headers: {}, body: '', complete: true }, [])).toBe('delivered');
    expect(lane.partition!({ event: {} as never })).toBe('http://localhost');
  });
});

describe('secrets', () => {
  const secret = 'sk_live_DO_NOT_SHOW_0123456789';
  test.each<[string, () => Destination]>([
    ['a key in place of options', () => kissmetrics(secret as unknown as { apiKey: string })],
    ['a key with a space', () => kissmetrics({ apiKey: `${secret} ` })],
    ['a key in place of the URL', () => webhook({ url: secret })],
    ['a secret that is none', () => webhook({ url: 'https://a.example', secret: `whsec_${secret}!` })],
    ['a URL with a password', () => webhook({ url: `https://user:${secret}@a.example` })],
    ['secrets that are no list', () => own({ secrets: secret })],
    ['secrets that are no strings', () => own({ secrets: [{ secret }] })],
  ])('are never in a message: %s', (_, destination) => {
    expect(errorOf({ destinations: [destination()] }).message).not.toContain('DO_NOT_SHOW');
  });
});

describe('enabled: false', () => {
  test('starts without credentials', () => {
    const options = { enabled: false, destinations: [kissmetrics({ apiKey: undefined })] };
    expect(resolve(options).enabled).toBe(false);
  });

  test('still rejects options that could never work', () => {
    expect(errorOf({ enabled: false, destinations: [] }).option).toBe('destinations');
    expect(errorOf({ enabled: false, destination: [] }).option).toBe('destination');
  });
});
