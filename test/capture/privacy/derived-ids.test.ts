import { expect, test } from '@jest/globals';
import { namespaceOf } from '../../../lib/capture/idempotency/namespace.js';
import { hashId } from '../../../lib/capture/privacy/id-hashing.js';
import { keyedId } from '../../../lib/event/event-id.js';
import { Shop, tracking } from '../../support/tracking.js';

const SECRET = 'a secret of at least 32 characters';
const NAME = 'Signed Up';
const USER = 'user-4711';

/** The id of the same event in a new application. */
function idWith(options: Parameters<typeof tracking>[0]): string {
  return tracking(options).service.track(NAME, {}, { userId: USER, key: USER })!;
}

/** Guesses of a platform that knows the account, the event and the kind of key. */
function guessed(id: string, namespaces: readonly string[]): string | undefined {
  const keys = Array.from({ length: 10_000 }, (_, n) => `user-${n}`);
  return keys.find((key) =>
    namespaces.some((namespace) =>
      [key, hashId(SECRET, key)].some((tried) => keyedId(namespace, 'track', NAME, tried) === id),
    ),
  );
}

test('without `hashIds` a platform can find the key behind an id, and an upgrade changes no id', () => {
  expect(guessed(idWith({}), [namespaceOf([new Shop()])])).toBe(USER);
  expect(idWith({ namespace: 'shop' })).toBe(keyedId('shop', 'track', NAME, USER));
});

test('with `hashIds` a platform cannot find the key without the secret', () => {
  const hashIds = { secret: SECRET };
  const id = idWith({ hashIds });
  expect(guessed(id, [namespaceOf([new Shop()])])).toBeUndefined();
  expect(guessed(idWith({ hashIds, namespace: 'shop' }), ['shop'])).toBeUndefined();
  // A hash that a platform gets for an id that it chose is none of the namespace either.
  const chosen = ['shop', 'nestjs-tracking namespace', 'shopnestjs-tracking namespace'];
  expect(
    guessed(
      idWith({ hashIds, namespace: 'shop' }),
      chosen.map((text) => hashId(SECRET, text)),
    ),
  ).toBeUndefined();
});

test('with `hashIds` the same key gives the same id in every process, and of version 5', () => {
  const hashIds = { secret: SECRET };
  expect(idWith({ hashIds })).toBe(idWith({ hashIds }));
  expect(idWith({ hashIds })).not.toBe(idWith({ hashIds: { secret: `${SECRET}!` } }));
  expect(idWith({ hashIds })).not.toBe(idWith({ hashIds, namespace: 'another' }));
  expect(idWith({ hashIds })[14]).toBe('5');
});
