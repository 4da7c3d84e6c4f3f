import { expect, test } from '@jest/globals';
import { otherRuntime } from '../../lib/host/other-runtime.js';

test.each([
  ['Node', process.versions, undefined],
  ['Bun', { node: '26.3.0', bun: '1.4.5' }, 'Bun'],
  ['Deno', { node: '24.2.0', deno: '2.9.6' }, 'Deno'],
])('knows %s', (_, versions, name) => {
  expect(otherRuntime(versions as Record<string, string>)).toBe(name);
});
