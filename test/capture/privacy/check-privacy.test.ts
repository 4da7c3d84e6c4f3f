import { describe, expect, test } from '@jest/globals';
import { emailAddresses } from '../../../lib/capture/privacy/text-patterns.js';
import { TrackingConfigError } from '../../../lib/config/tracking-config.error.js';
import { resolveOptions } from '../../../lib/options/resolve-options.js';
import { Shop } from '../../support/tracking.js';

const SECRET = 'hush-hush-hush-hush-hush-hush-hush';

function errorOf(options: object): TrackingConfigError {
  try {
    resolveOptions({ destinations: [new Shop()], ...options });
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('they were taken');
}

const fn = (): undefined => undefined;

describe('privacy options', () => {
  test.each([
    {},
    { redact: fn },
    { redact: { hook: fn } },
    { redact: { paths: ['properties.a', 'context.*', 'properties.items.*.note', 'properties.0'] } },
    {
      redact: { keys: [/a/, /^b$/gi], values: [emailAddresses, /c/y], replacement: '***', maxTextLength: 5 },
    },
    { redact: { values: [/\[/], remove: true } },
    { hashIds: { secret: SECRET } },
    { hashIds: { secret: SECRET, fields: ['userId', 'previousId'] } },
    { hashIds: { secret: undefined }, enabled: false },
    { hashIds: { secret: '' }, enabled: false },
    { consent: fn },
    { consent: [fn, fn] },
    { sampling: 0 },
    { sampling: 0.5 },
    { sampling: 1 },
    { sampling: fn },
  ])('%o can work', (options) => {
    expect(() => resolveOptions({ destinations: [new Shop()], ...(options as object) })).not.toThrow();
  });

  test.each<[object, string, string]>([
    [{ redact: 'email' }, 'redact', 'a string'],
    [{ redact: null }, 'redact', 'null'],
    [{ redact: [/a/] }, 'redact', 'an array'],
    [{ redact: /a/ }, 'redact', 'rules'],
    [{ redact: {} }, 'redact', 'at least one of paths, keys, values, hook'],
    [{ redact: { replacement: '*' } }, 'redact', 'at least one of'],
    [{ redact: { names: [/a/] } }, 'redact.names', 'paths, keys, values'],
    [{ redact: { paths: 'properties.a' } }, 'redact.paths', 'an array'],
    [{ redact: { paths: [] } }, 'redact.paths', 'at least one'],
    [{ redact: { paths: ['email'] } }, 'redact.paths[0]', 'a string'],
    [{ redact: { paths: ['properties'] } }, 'redact.paths[0]', 'properties.customer.email'],
    [{ redact: { paths: ['context.a', 'properties..a'] } }, 'redact.paths[1]', 'a string of 13'],
    [{ redact: { paths: ['properties.a.'] } }, 'redact.paths[0]', 'a string'],
    [{ redact: { paths: ['userId'] } }, 'redact.paths[0]', 'a string'],
    [{ redact: { paths: [/a/] } }, 'redact.paths[0]', 'an object'],
    [{ redact: { keys: /a/ } }, 'redact.keys', 'an array'],
    [{ redact: { keys: ['password'] } }, 'redact.keys[0]', 'a RegExp'],
    [{ redact: { keys: [/a*/] } }, 'redact.keys[0]', 'not the empty one'],
    [{ redact: { keys: [fn] } }, 'redact.keys[0]', 'a function'],
    [{ redact: { values: ['a'] } }, 'redact.values[0]', 'emailAddresses'],
    [{ redact: { values: [/a/, /(?:)/g] } }, 'redact.values[1]', 'not the empty one'],
    [{ redact: { values: [/a/], replacement: '' } }, 'redact.replacement', '`remove`'],
    [{ redact: { values: [/a/], replacement: 5 } }, 'redact.replacement', 'a number'],
    [{ redact: { values: [/a/], replacement: 'abc' } }, 'redact.replacement', '`redact.values[0]`'],
    [{ redact: { values: [/x/, /redacted/] } }, 'redact.replacement', '`redact.values[1]`'],
    [{ redact: { values: [/a/], replacement: 'b', remove: true } }, 'redact.replacement', '`redact.remove`'],
    [{ redact: { values: [/a/], remove: 'yes' } }, 'redact.remove', 'true or false'],
    [{ redact: { values: [/a/], maxTextLength: 0 } }, 'redact.maxTextLength', '0'],
    [{ redact: { values: [/a/], maxTextLength: Infinity } }, 'redact.maxTextLength', 'Infinity'],
    [{ redact: { hook: 'a' } }, 'redact.hook', 'a function'],
    [{ hashIds: SECRET }, 'hashIds', 'a string of 34 characters'],
    [{ hashIds: {} }, 'hashIds.secret', 'undefined'],
    [{ hashIds: { secret: '' } }, 'hashIds.secret', 'an empty string'],
    [{ hashIds: { secret: SECRET.slice(0, 31) } }, 'hashIds.secret', 'a string of 31 characters'],
    [{ hashIds: { secret: SECRET.slice(0, 31) }, enabled: false }, 'hashIds.secret', '31'],
    [{ hashIds: { secret: Buffer.from(SECRET) } }, 'hashIds.secret', 'openssl'],
    [{ hashIds: { secret: SECRET, fields: [] } }, 'hashIds.fields', 'at least one'],
    [{ hashIds: { secret: SECRET, fields: 'userId' } }, 'hashIds.fields', 'an array'],
    [{ hashIds: { secret: SECRET, fields: ['email'] } }, 'hashIds.fields[0]', 'userId, anonymousId'],
    [{ hashIds: { secret: SECRET, salt: 'a' } }, 'hashIds.salt', 'secret, fields'],
    [{ consent: 'drop' }, 'consent', 'globalPrivacyControl()'],
    [{ consent: [] }, 'consent', 'at least one'],
    [{ consent: [fn, 'drop'] }, 'consent[1]', 'a string'],
    [{ consent: null }, 'consent', 'null'],
    [{ sampling: -0.1 }, 'sampling', '-0.1'],
    [{ sampling: 10 }, 'sampling', 'from 0 to 1'],
    [{ sampling: NaN }, 'sampling', 'NaN'],
    [{ sampling: '0.5' }, 'sampling', "'0.5'"],
    [{ sampling: null }, 'sampling', 'null'],
  ])('%o fails at start, by name', (options, option, seen) => {
    const error = errorOf(options);
    expect(error.option).toBe(option);
    expect(error.message).toContain(`\`${option}\``);
    expect(error.message).toContain(seen);
    expect(error.message).not.toContain('hush');
  });
});
