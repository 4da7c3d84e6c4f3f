import { describe, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { isMissing } from '../../lib/config/check-credential.js';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { kissmetrics, TrackingModule, TrackingService, webhook } from '../../lib/index.js';
import type { TrackingModuleOptions } from '../../lib/index.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { overrideTracking, trackingRecorder } from '../../lib/testing/index.js';
import { rehearsedOptions } from '../../lib/testing/rehearsed-options.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const URL_ = 'https://receiver.example.com/hooks';
const SIGNING = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';

const own = (members: Partial<Destination>): Destination => ({
  name: 'own',
  encode: () => ({ method: 'POST', url: URL_ }),
  ...members,
});

/** Each option that takes a credential, given a value of any kind. */
const CREDENTIALS: Readonly<Record<string, (value: never) => Partial<TrackingModuleOptions>>> = {
  'destinations[0].apiKey': (apiKey) => ({ destinations: [kissmetrics({ apiKey })] }),
  'destinations[0].secret': (secret) => ({ destinations: [webhook({ url: URL_, secret })] }),
  'destinations[0].secret[1]': (secret) => ({
    destinations: [webhook({ url: URL_, secret: [SIGNING, secret] })],
  }),
  'destinations[0].headers.authorization': (authorization) => ({
    destinations: [webhook({ url: URL_, headers: { authorization } })],
  }),
  'destinations[0].credentials[0]': (value) => ({ destinations: [own({ credentials: [value] })] }),
  'hashIds.secret': (secret) => ({ destinations: [own({})], hashIds: { secret } }),
};
/** Options for which an empty text is valid: a missing value shows only as a word in the text. */
const PLACES: typeof CREDENTIALS = {
  'destinations[0].account[1]': (value) => ({ destinations: [own({ account: [URL_, value] })] }),
  'destinations[0].secrets[0]': (value) => ({ destinations: [own({ secrets: [value] })] }),
};
const URLS: typeof CREDENTIALS = {
  'destinations[0].url': (value) => ({
    destinations: [webhook({ url: `https://shop.example/hooks?token=${String(value)}` })],
  }),
  'destinations[0].endpoint': (value) => ({
    destinations: [kissmetrics({ apiKey: KEY, endpoint: `https://shop.example/${String(value)}/km` })],
  }),
};

/** Texts that `String()` and templates make of a missing value. */
const word = fc.constantFrom('undefined', 'null', '[object Object]', '[object Promise]');
/** Texts that an application puts before and after a value. */
const before = fc.constantFrom('', 'Bearer ', 'Token token=', 'key-', 'sk_live_', '"', 'a:');
const after = fc.constantFrom('', ' ', '"', ':undefined', ', version=2', '\n');
const template = fc.tuple(before, word, after).map((parts) => parts.join(''));
const basic = fc
  .constantFrom('undefined:undefined', 'user:undefined', 'null:null', 'undefined:', ':')
  .map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`);
const nothing = fc.constantFrom(undefined, null, '', ' ', '\t \n');
const scheme = fc.constantFrom('Bearer ', 'Basic ', 'bearer  ', 'Token ');
const missing = fc.oneof(nothing, template, basic, scheme);

const optionOf = (options: Partial<TrackingModuleOptions>): string | undefined => {
  try {
    resolveOptions(options as TrackingModuleOptions);
    return undefined;
  } catch (error) {
    if (error instanceof TrackingConfigError) return error.option;
    throw error;
  }
};

describe('a credential that is missing', () => {
  test.each(Object.entries(CREDENTIALS))('fails at start in %s, and only there', (option, make) => {
    fc.assert(
      fc.property(missing, (value) => {
        const options = make(value as never);
        expect(optionOf(options)).toBe(option);
        expect(optionOf({ ...options, enabled: false })).toBeUndefined();
        expect(() => resolveOptions(rehearsedOptions(options as TrackingModuleOptions, {}))).not.toThrow();
      }),
    );
  });

  test.each(Object.entries(PLACES))('fails at start as a word in %s', (option, make) => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(undefined), template), (value) => {
        const options = make(value as never);
        expect(optionOf(options)).toBe(option);
        expect(optionOf({ ...options, enabled: false })).toBeUndefined();
        expect(() => resolveOptions(rehearsedOptions(options as TrackingModuleOptions, {}))).not.toThrow();
      }),
    );
    expect(optionOf(make('' as never))).toBeUndefined();
  });

  test.each(Object.entries(URLS))('fails at start as a part of %s', (option, make) => {
    for (const value of [undefined, null]) {
      const options = make(value as never);
      expect(optionOf(options)).toBe(option);
      expect(optionOf({ ...options, enabled: false })).toBeUndefined();
      expect(() => resolveOptions(rehearsedOptions(options as TrackingModuleOptions, {}))).not.toThrow();
    }
  });

  test('is reported by the word in its place, with the remedy; the rest of the text is not shown', () => {
    const authorization = 'Bearer hush-hush:undefined';
    expect(() =>
      resolveOptions({ destinations: [webhook({ url: URL_, headers: { authorization } })] }),
    ).toThrow(
      new TrackingConfigError(
        '',
        'TrackingModule: option `destinations[0].headers.authorization` is a text that contains `undefined` in place of a value; ' +
          'expected a value, or the header left out. Check the environment variable or setting that it comes from.',
      ),
    );
  });

  test('an omitted option is not missing', () => {
    expect(optionOf({ destinations: [webhook({ url: URL_ })] })).toBeUndefined();
    expect(optionOf({ destinations: [webhook({ url: URL_, headers: {} })] })).toBeUndefined();
    expect(optionOf({ destinations: [own({ credentials: undefined as never })] })).toBeUndefined();
  });
});

test.each(['https://receiver.example.com/v1/null-handler', 'https://null-app.example.com/undefined_events'])(
  'a word that begins with a missing value is a name: %s',
  (url) => {
    expect(isMissing(url)).toBe(false);
  },
);

test('no real credential counts as missing', () => {
  const token = fc.oneof(
    fc.stringMatching(/^[0-9a-f]{8,64}$/),
    fc.uuid(),
    fc.stringMatching(/^(sk_live_|whsec_|phc_)[A-Za-z0-9]{8,40}$/),
    fc.base64String({ minLength: 8, maxLength: 60 }),
    fc.constantFrom('Christopher Null', 'nullable', 'undefinedness-1'),
  );
  const bearer = token.map((text) => `Bearer ${text}`);
  const pair = fc
    .tuple(token, fc.oneof(fc.constant(''), token))
    .map(([user, password]) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  fc.assert(fc.property(fc.oneof(token, bearer, pair), (text) => !isMissing(text)));
});

test('a function may give the credentials, and is called neither at start, nor in the test kit, nor when it is disabled', async () => {
  let calls = 0;
  const credentials = () => {
    calls++;
    return Promise.resolve({ values: { token: 'never asked for' } });
  };
  const destinations = [own({ credentials })];
  expect(optionOf({ destinations })).toBeUndefined();
  expect(optionOf({ destinations: [own({ credentials: 'Bearer x' as never })] })).toBe(
    'destinations[0].credentials',
  );
  for (const enabled of [true, false]) {
    const imports = [TrackingModule.forRoot({ destinations, enabled })];
    const made = Test.createTestingModule({ imports });
    const module = await (enabled ? overrideTracking(made) : made).compile();
    await module.init();
    const tracking = module.get(TrackingService);
    tracking.track('Ordered', {}, { userId: 'ann' });
    await tracking.flush();
    await module.close();
  }
  expect(calls).toBe(0);
});

test('an application without credentials runs in the test kit, and when it is disabled', async () => {
  const destinations = [
    kissmetrics({ apiKey: undefined }),
    webhook({ url: undefined, secret: undefined as never, headers: { authorization: 'Bearer undefined' } }),
    own({
      account: [URL_, undefined as never],
      credentials: [undefined as never],
      secrets: [undefined as never],
    }),
  ];
  const imports = [TrackingModule.forRoot({ destinations })];
  const kit = await overrideTracking(Test.createTestingModule({ imports })).compile();
  await kit.init();
  kit.get(TrackingService).track('Ordered', {}, { userId: 'ann' });
  expect(trackingRecorder(kit).events).toHaveLength(1);
  await kit.close();

  const off = await Test.createTestingModule({
    imports: [TrackingModule.forRoot({ destinations, enabled: false })],
  }).compile();
  await off.init();
  off.get(TrackingService).track('Ordered', {}, { userId: 'ann' });
  expect(off.get(TrackingService).stats().suppressed).toEqual({ disabled: 1 });
  await off.close();
});
