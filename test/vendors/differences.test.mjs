import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differencesBetween, nothing, unexplained } from './differences.mjs';
import { withoutMoments } from './moments.mjs';

const found = new Map([
  ['first', differencesBetween({ id: 'a', name: 'n', lib: { v: 1 } }, { id: 'b', name: 'n' })],
  ['second', differencesBetween({ id: 'a', name: 'n', lib: { v: 2 } }, { id: 'b', name: 'N' })],
]);
const id = { at: 'id', reason: 'each has its own' };
const lib = { at: 'lib/**', ours: nothing, reason: 'another library' };
const name = { at: 'name', theirs: 'n', ours: /^N$/, calls: ['second'], reason: 'capital letters' };

describe('the list of deliberate differences', () => {
  test('covers every difference that it names', () => {
    assert.deepEqual(unexplained(found, [id, lib, name]), []);
  });

  test('fails for a difference that is not listed', () => {
    assert.deepEqual(unexplained(found, [id, lib]), ['name: theirs "n", ours "N": second']);
  });

  test('fails for a difference with other values, or in another call, than listed', () => {
    assert.equal(unexplained(found, [id, lib, { ...name, ours: 'X' }]).length, 2);
    assert.equal(unexplained(found, [id, lib, { ...name, calls: ['first'] }]).length, 2);
    assert.equal(unexplained(found, [id, { ...lib, theirs: nothing }, name]).length, 3);
  });

  test('fails for an entry that covers nothing any more', () => {
    const gone = { at: 'gone/*', reason: 'it was there' };
    assert.deepEqual(unexplained(found, [id, lib, name, gone]), [
      'listed, and no difference any more: gone/* (it was there): any call',
    ]);
    assert.equal(unexplained(found, [{ ...id, calls: ['first', 'second', 'third'] }, lib, name]).length, 1);
  });
});

describe('differences', () => {
  test('tell null, empty values and missing ones apart', () => {
    const paths = (left, right) => differencesBetween(left, right).map(({ path }) => path);
    assert.deepEqual(paths({ a: null, b: {}, c: [], d: '' }, { a: null, b: {}, c: [], d: '' }), []);
    assert.deepEqual(paths({ a: null, b: {}, c: [], d: '', e: 0 }, { b: [], c: {}, d: null, e: '0' }), [
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    assert.deepEqual(paths({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }, 4] }), ['a/1/b', 'a/2']);
  });
});

describe('moments', () => {
  const now = Date.parse('2026-01-01T00:00:10.500Z');

  test('become words for their form, in every form that platforms use', () => {
    const sent = { iso: '2026-01-01T00:00:10.501Z', ms: now + 2, text: String(now + 3), s: 1_767_225_610 };
    assert.deepEqual(withoutMoments([sent], now, now + 10), [
      { iso: '<now, ISO 8601>', ms: '<now, ms>', text: '<now, text of ms>', s: '<now, s>' },
    ]);
  });

  test('leave other times and values as they are', () => {
    const other = [
      '2026-01-01T00:00:09.000Z',
      now - 1,
      now + 11,
      '1767225610',
      1_767_225_609,
      42,
      null,
      true,
    ];
    assert.deepEqual(withoutMoments(other, now, now + 10), other);
  });
});
