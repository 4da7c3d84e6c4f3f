import { expect, test } from '@jest/globals';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';

test('a configuration error has a name, a code and the option for programs', () => {
  const error = new TrackingConfigError('retry.minDelayMs', 'it is wrong');
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(TrackingConfigError);
  expect(error).toMatchObject({
    name: 'TrackingConfigError',
    code: 'TRACKING_CONFIG',
    option: 'retry.minDelayMs',
    message: 'it is wrong',
  });
});

test('`instanceof` recognises it across two copies of the package, and recognises nothing else', () => {
  const brand = Symbol.for('nestjs-tracking.TrackingConfigError');
  const ofAnotherCopy = Object.defineProperty(new Error('theirs'), brand, { value: true });
  expect(ofAnotherCopy instanceof TrackingConfigError).toBe(true);
  for (const other of [new Error('no'), null, undefined, 'TrackingConfigError', 5, {}]) {
    expect((other as unknown) instanceof TrackingConfigError).toBe(false);
  }
});
