import { describe, expect, test } from '@jest/globals';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { choice, count, credential, flag, members, text } from '../../lib/config/kinds.js';
import type { OptionsOf } from '../../lib/config/option.js';
import { checkRows, valuesOf } from '../../lib/config/rows.js';

const rows = {
  key: credential('the key of your product').required(),
  region: choice('us', 'eu').required(),
  label: text(),
  secret: text('a secret').named(),
  gzip: flag().default(false),
  cut: members<{ max?: number | undefined }>({ max: count(1, 10).default(5) }).default({ max: 5 }),
};
const good: OptionsOf<typeof rows> = { key: 'k-1', region: 'eu' };

function refusal(options: unknown, credentials = true): TrackingConfigError | undefined {
  try {
    checkRows('a', options, rows, { credentials });
    return undefined;
  } catch (error) {
    return error as TrackingConfigError;
  }
}

describe('rows of options', () => {
  test.each([
    [{}],
    [{ label: undefined, gzip: undefined, cut: undefined }],
    [{ label: 'x', secret: 's', gzip: true, cut: { max: 10 } }],
    [{ cut: {} }],
  ])('take %p', (options) => {
    expect(refusal({ ...good, ...options })).toBeUndefined();
  });

  test.each([
    [{ key: undefined }, 'a.key', 'is undefined; expected the key of your product. Check the environment'],
    [{ key: 'Bearer undefined' }, 'a.key', 'contains `undefined` in place of a value'],
    [{ key: 'hush\n' }, 'a.key', 'without spaces or line breaks'],
    [{ region: undefined }, 'a.region', "expected 'us' or 'eu'"],
    [{ region: 'asia' }, 'a.region', "'asia'; expected 'us' or 'eu'."],
    [{ label: '' }, 'a.label', 'a non-empty string, or the option left out for the default'],
    [{ label: 7 }, 'a.label', 'a non-empty string.'],
    [{ secret: undefined }, 'a.secret', 'expected a secret. Check the environment'],
    [{ gzip: 'yes' }, 'a.gzip', 'true or false'],
    [{ cut: { max: 11 } }, 'a.cut.max', 'a whole number from 1 to 10'],
    [{ cut: { min: 1 } }, 'a.cut.min', 'max'],
    [{ cut: 5 }, 'a.cut', 'an object'],
    [{ regoin: 'eu' }, 'a.regoin', 'key, region, label, secret, gzip, cut'],
  ])('refuse %p by name, with what is expected', (options, option, sentence) => {
    const error = refusal({ ...good, ...options })!;
    expect(error).toBeInstanceOf(TrackingConfigError);
    expect(error.option).toBe(option);
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain('hush');
  });

  test('accept missing texts and required options if nothing is sent, and reject all other invalid values', () => {
    expect(refusal({ key: null, region: undefined, label: 'undefined', secret: undefined }, false)).toBe(
      undefined,
    );
    expect(refusal({ region: 'asia' }, false)!.option).toBe('a.region');
  });

  test('are read as the values that pass, and as the defaults of all others', () => {
    const { key, region, label, gzip, cut } = valuesOf(rows, {
      key: 'k-1',
      region: 'asia',
      label: 'null',
      cut: { max: 3 },
    });
    expect({ key, region, label, gzip, cut }).toEqual({
      key: 'k-1',
      region: undefined,
      label: undefined,
      gzip: false,
      cut: { max: 3 },
    });
    for (const given of [undefined, null, 'key', 42, [], { cut: { max: 'x' } }]) {
      expect(valuesOf(rows, given)).toMatchObject({ gzip: false, cut: { max: 5 } });
    }
  });
});
