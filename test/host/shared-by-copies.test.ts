import { expect, test } from '@jest/globals';
import type { AsyncLocalStorage } from 'node:async_hooks';
import { sharedByCopies } from '../../lib/host/shared-by-copies.js';
import { RequestScope, runInScope, surroundings } from '../../lib/identity/scope/request-scope.js';

test('the first copy makes the value, and all others get the same', () => {
  const first = sharedByCopies('test', () => ({ made: 'first' }));
  expect(sharedByCopies('test', () => ({ made: 'second' }))).toBe(first);
});

test('another copy of the package finds the request that this one has opened', () => {
  const storage = sharedByCopies<AsyncLocalStorage<unknown>>('surroundings', () => {
    throw new Error('not shared');
  });
  runInScope(new RequestScope({}), () => {
    expect(surroundings()).toBeDefined();
    expect(storage.getStore()).toBe(surroundings());
  });
});
