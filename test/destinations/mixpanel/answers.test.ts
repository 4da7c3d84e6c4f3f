import { expect, test } from '@jest/globals';
import { mixpanel } from '../../../lib/destinations/mixpanel/mixpanel.js';
import { anEvent, inLane } from '../an-event.js';
import { readAttempt } from '../../../lib/delivery/reading.js';
import { outcomesOf } from '../outcomes-of.js';

const destination = mixpanel({ token: '0123456789abcdef0123456789abcdef', region: 'in' });
const events = [1, 2, 3].map(() => inLane(anEvent()));
const profiles = [1, 2, 3].map(() => inLane(anEvent({ type: 'identify', properties: { plan: 'pro' } })));
const [first, second, third] = events.map(({ event }) => event.id);

const failed = (failed_records: object[], members: object = {}, status = 400) => ({
  status,
  body: JSON.stringify({ code: status, failed_records, ...members }),
});

test.each([
  ['by index', { index: 1 }],
  ['by id', { insert_id: second }],
  ['by the other name of the id', { $insert_id: second }],
  ['by index and id', { index: 1, insert_id: second }],
])('a 400 that names an event %s has stored the others', (_, record) => {
  const answer = failed([record], { num_records_imported: 2 });
  expect(outcomesOf(destination, answer, events)).toEqual(['delivered', 'rejected', 'delivered']);
});

test.each([
  ['names no event', failed([{ index: 7 }])],
  ['names an event of another request', failed([{ insert_id: anEvent().id }])],
  ['stored fewer than it does not name', failed([{ index: 1 }], { num_records_imported: 0 })],
  ['names one event with the id of another', failed([{ index: 1, insert_id: first }])],
])('a 400 that %s proves nothing about the others, which are sent again', (_, answer) => {
  const outcomes = outcomesOf(destination, answer, events);
  expect([outcomes[0], outcomes[2]]).toEqual(['refuse', 'refuse']);
});

test.each([['length'], ['0'], [-1], [0.5], [1e9], [null], [{ toString: 1 }], [['0']]])(
  'a 400 with the index %j names no event',
  (index) => {
    expect(outcomesOf(destination, failed([{ index }]), events)).toEqual(['refuse', 'refuse', 'refuse']);
    const twice = failed(
      [
        { index, insert_id: second },
        { index, insert_id: second },
      ],
      { num_records_imported: 2 },
    );
    expect(outcomesOf(destination, twice, events)).toEqual(['delivered', 'rejected', 'delivered']);
  },
);

test('a 200 that names failed records in contradiction to itself is halved, too', () => {
  for (const record of [{ index: 7 }, { index: 1, insert_id: first }])
    expect(outcomesOf(destination, failed([record], {}, 200), events)).toEqual([
      'refuse',
      'refuse',
      'refuse',
    ]);
  expect(outcomesOf(destination, failed([{ index: 1 }], { num_records_imported: 2 }, 200), events)).toEqual([
    'delivered',
    'rejected',
    'delivered',
  ]);
});

test('a 200 that is not an answer of Mixpanel, or that counts fewer events, is unverified', () => {
  const readingOf = (body: string) =>
    readAttempt({ answer: { status: 200, headers: {}, body, complete: true } }, destination, events).request;
  for (const body of [
    '1',
    '{"status":1}',
    '{"code":200,"num_records_imported":3,"status":"OK"}',
    '{"status":"OK"}',
  ])
    expect(readingOf(body)).toEqual({ kind: 'delivered', verified: true });
  for (const body of [
    '<html>sign in</html>',
    '',
    '[]',
    '{}',
    '{"code":200,"num_records_imported":2,"status":"OK"}',
  ])
    expect(readingOf(body)).toEqual({ kind: 'delivered', verified: false });
});

test('a 400 without names is halved', () => {
  expect(outcomesOf(destination, failed([]), events)).toEqual(['refuse', 'refuse', 'refuse']);
});

test('names in the answer of a failing or throttling platform count for nothing', () => {
  for (const status of [429, 500, 502, 503])
    expect(outcomesOf(destination, failed([{ index: 0 }], {}, status), events)).toEqual(
      events.map(() => 'retry'),
    );
});

test('the reason is the field and the sentence of Mixpanel', () => {
  const record = { index: 2, field: 'properties.time', message: 'example reason' };
  const answer = { headers: {}, complete: true, ...failed([record]) };
  expect((destination.decode!(answer, events) as ReadonlyMap<string, unknown>).get(third!)).toEqual({
    kind: 'rejected',
    detail: { field: 'properties.time', message: 'example reason' },
  });
  const whole = { status: 413, headers: {}, complete: true, body: '{"code":413,"error":"example limit"}' };
  expect(destination.explain!(whole)).toEqual({ message: 'example limit' });
});

test.each([
  ['1', 'delivered'],
  ['1\n', 'delivered'],
  ['{"status":1,"error":null}', 'delivered'],
  ['{"code":200,"num_good_events":3,"status":"OK"}', 'delivered'],
  ['0', 'refuse'],
  ['{"status":0,"error":"example reason"}', 'refuse'],
  ['{"status":"error","error":"example reason"}', 'refuse'],
])('a 200 with %s means %s', (body, outcome) => {
  for (const batch of [profiles, events])
    expect(outcomesOf(destination, { status: 200, body }, batch)).toEqual(batch.map(() => outcome));
});

test('profiles that are named are rejected alone', () => {
  expect(outcomesOf(destination, failed([{ index: 0, message: 'example reason' }]), profiles)).toEqual([
    'rejected',
    'delivered',
    'delivered',
  ]);
});
