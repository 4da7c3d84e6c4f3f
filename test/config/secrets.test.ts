import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { journal, kissmetrics, memory, webhook } from '../../lib/index.js';
import type { TrackingModuleOptions } from '../../lib/index.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const URL = 'https://receiver.example.com/hooks';

/** A part of a secret that is as sensitive as the whole. */
const PIECE = 8;

type Tree = { readonly [name: string]: Tree | 'value' };

/** Options of all destinations. */
const SHARED: Tree = {
  name: 'value',
  batch: { maxEvents: 'value', maxBytes: 'value', maxDelayMs: 'value' },
  concurrency: 'value',
  timeoutMs: 'value',
  dispatcher: 'value',
  headers: { authorization: 'value' },
  allowProperties: { 'Signed Up': 'value' },
};

const MODULE: Tree = {
  destinations: 'value',
  buffer: 'value',
  identity: { resolvers: 'value', fallback: { userId: 'value' } },
  retry: { minDelayMs: 'value', maxAgeMs: 'value' },
  dedup: { maxKeys: 'value' },
  plan: 'value',
  onInvalid: 'value',
  context: { method: 'value', ip: 'value', sessions: 'value', requestId: 'value' },
  telemetry: 'value',
  idempotency: { header: 'value', webhookId: 'value', eventId: 'value' },
  deadLetters: { maxEvents: 'value' },
  consent: 'value',
  sampling: 'value',
  hashIds: { secret: 'value', fields: 'value' },
  redact: { paths: 'value', keys: 'value', values: 'value', remove: 'value', hook: 'value' },
  shutdown: { timeoutMs: 'value' },
  commitTimeoutMs: 'value',
  maxEventBytes: 'value',
  dispatcher: 'value',
  enabled: 'value',
  namespace: 'value',
};

/** Every factory with its options, checked as the module checks them at start. */
const TAKERS: Readonly<Record<string, { tree: Tree; make: (options: unknown) => unknown }>> = {
  module: {
    tree: MODULE,
    make: (options) =>
      isObject(options) ? { destinations: [kissmetrics({ apiKey: KEY })], ...options } : options,
  },
  kissmetrics: {
    tree: { ...SHARED, apiKey: 'value', endpoint: 'value', method: 'value', pipelining: 'value' },
    make: (options) => ({
      destinations: [kissmetrics((isObject(options) ? { apiKey: KEY, ...options } : options) as never)],
    }),
  },
  webhook: {
    tree: { ...SHARED, url: 'value', secret: 'value', gzip: 'value' },
    make: (options) => ({
      destinations: [webhook((isObject(options) ? { url: URL, ...options } : options) as never)],
    }),
  },
  'a destination of its own': {
    tree: {
      ...SHARED,
      encode: 'value',
      check: 'value',
      limits: { maxBytes: 'value' },
      resolvers: 'value',
      secrets: 'value',
    },
    make: (options) => ({
      destinations: [isObject(options) ? { name: 'own', encode: () => undefined, ...options } : options],
    }),
  },
  memory: {
    tree: { maxEvents: 'value', onFull: 'value' },
    make: (options) => ({ buffer: memory(options as never) }),
  },
  journal: {
    tree: { fsync: 'value', onFull: 'value', retain: { days: 'value' } },
    make: (options) => ({
      buffer: journal((isObject(options) ? { directory: 'var', ...options } : options) as never),
    }),
  },
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every place where a text may be misplaced: as an option, as the object that holds it, or as a member's name. */
function places(tree: Tree): ((text: string) => unknown)[] {
  const found: ((text: string) => unknown)[] = [
    (text) => text,
    (text) => [text],
    (text) => ({ [text]: text }),
    (text) => ({ [text]: undefined }),
  ];
  for (const [name, below] of Object.entries(tree)) {
    for (const place of places(below === 'value' ? {} : below))
      found.push((text) => ({ [name]: place(text) }));
  }
  return found;
}

const PLACES = Object.entries(TAKERS).flatMap(([taker, { tree, make }]) =>
  places(tree).map((place) => ({ taker, options: (text: string) => make(place(text)) })),
);

/** The start's error about these options: message and members. Stack frames name functions, which a text may contain. */
function said(options: unknown): string {
  try {
    const defaults = { destinations: [kissmetrics({ apiKey: KEY })] };
    resolveOptions((isObject(options) ? { ...defaults, ...options } : options) as TrackingModuleOptions);
  } catch (error) {
    if (error instanceof TrackingConfigError)
      return `${error.message}\n${error.option}\n${error.stack?.split('\n    at ')[0]}`;
    throw error;
  }
  return '';
}

const pieces = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, i) => text.slice(i, i + PIECE));

/** Texts like keys, tokens and passwords, and texts that are none. */
const secret = fc
  .oneof(
    fc.string({ minLength: PIECE, maxLength: 80 }),
    fc.string({ unit: 'grapheme', minLength: PIECE, maxLength: 40 }),
    fc.stringMatching(/^[0-9a-f]{32,64}$/),
    fc.stringMatching(/^(sk_live_|whsec_|Bearer |https:\/\/u:)[A-Za-z0-9+/]{8,40}={0,2}$/),
  )
  // Member names are plain words, and an error must name them.
  .filter((text) => !/^[a-z -]+$/i.test(text));

test('no error at start shows any part of a misplaced text', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), secret, ({ options }, text) => {
      const message = said(options(text));
      // The text may be part of a fixed message, such as the option's name.
      const other = said(options('\u{1F600}'.repeat(text.length / 2 + 1)));
      expect(pieces(text).filter((piece) => message.includes(piece) && !other.includes(piece))).toEqual([]);
    }),
    { numRuns: 5_000 },
  );
});

test('each of these places is checked', () => {
  const silent = PLACES.filter(({ options }) => said(options('\u0000 no option takes this')) === '');
  // Names of events and properties, header values and namespaces may be any text.
  expect(silent.length).toBeLessThan(PLACES.length / 10);
});

describe('a text in the place of', () => {
  const token = 'sk_live_51HxTqR';
  const own = (members: object): Destination =>
    ({ name: 'own', encode: () => ({ method: 'POST', url: URL }), ...members }) as Destination;

  test.each<[string, object, string]>([
    ['a dispatcher', { dispatcher: token }, 'dispatcher'],
    [
      "a destination's dispatcher",
      { destinations: [own({ dispatcher: token })] },
      'destinations[0].dispatcher',
    ],
    ['all destinations', { destinations: token }, 'destinations'],
    ['a destination', { destinations: [token] }, 'destinations[0]'],
    ['a buffer', { buffer: token }, 'buffer'],
  ])('%s is told by its kind and length', (_, options, option) => {
    expect(said(options)).toContain(
      `option \`${option}\` is a string of ${token.length} characters; expected`,
    );
  });

  test('a header is reported by its place and length', () => {
    const headers = { [`Authorization: Bearer ${token}`]: '' };
    expect(said({ destinations: [webhook({ url: URL, headers })] })).toContain(
      'option `destinations[0].headers[a name of 37 characters]` is an empty string',
    );
  });
});
