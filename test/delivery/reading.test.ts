import { expect, test } from '@jest/globals';
import { readAttempt } from '../../lib/delivery/reading.js';
import type { Destination } from '../../lib/destinations/destination.js';

const PLAIN: Destination = { name: 'shop', encode: () => ({ method: 'POST', url: 'http://shop.example' }) };

function read(status: number, complete = true, destination = PLAIN) {
  return readAttempt({ answer: { status, headers: {}, body: '', complete } }, destination, []);
}

/** The policy by class, status by status. */
const POLICY: [number[], object][] = [
  [[200, 201, 202, 204, 206, 299], { kind: 'delivered', verified: true }],
  [[408, 429, 500, 501, 502, 503, 504, 507, 520, 599], { kind: 'retry' }],
  [[401], { kind: 'park', reason: 'unauthorized', areCredentialsRejected: true }],
  [[403], { kind: 'park', reason: 'unauthorized' }],
  [[300, 301, 302, 303, 304, 307, 308, 402, 404, 405, 410, 415], { kind: 'park', reason: 'misconfigured' }],
  [[400, 406, 409, 411, 413, 414, 418, 422, 451, 499], { kind: 'refuse' }],
];

test.each(POLICY.flatMap(([statuses, reading]) => statuses.map((status) => [status, reading] as const)))(
  'a %i is read by its class',
  (status, reading) => {
    expect(read(status)).toEqual({ request: reading });
  },
);

test('every status there is has a class', () => {
  for (let status = 200; status < 600; status++) {
    expect(['delivered', 'retry', 'park', 'refuse']).toContain(read(status).request.kind);
  }
});

test('a 2xx that was cut is delivered, unverified; another status is read as usual', () => {
  expect(read(200, false)).toEqual({ request: { kind: 'delivered', verified: false } });
  expect(read(503, false)).toEqual({ request: { kind: 'retry' } });
});

test('no answer is tried again', () => {
  expect(readAttempt({ failure: 'ECONNRESET' }, PLAIN, [])).toEqual({
    request: { kind: 'retry' },
  });
});

test.each([
  ['delivered', { kind: 'delivered', verified: true }],
  ['retry', { kind: 'retry' }],
  ['tooLarge', { kind: 'refuse' }],
  ['refused', { kind: 'refuse' }],
  ['unauthorized', { kind: 'park', reason: 'unauthorized', areCredentialsRejected: true }],
  ['misconfigured', { kind: 'park', reason: 'misconfigured' }],
  ['constructor', { kind: 'refuse' }],
  [null, { kind: 'refuse' }],
])('the word %p comes before the status', (word, reading) => {
  expect(read(400, true, { ...PLAIN, decode: () => word as never })).toEqual({ request: reading });
});
