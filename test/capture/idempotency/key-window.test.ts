import { describe, expect, test } from '@jest/globals';
import { KeyWindow } from '../../../lib/capture/idempotency/key-window.js';

function aWindow(maxKeys = 3, maxAgeMs = 1_000) {
  let now = 5_000;
  const keys = new KeyWindow(maxKeys, maxAgeMs, () => now);
  const pass = (ms: number): void => void (now += ms);
  return { keys, pass };
}

describe('a key of an earlier process', () => {
  test('is remembered for its remaining time', () => {
    const { keys, pass } = aWindow();
    keys.recall('old', 400);
    pass(599);
    expect(keys.has('old')).toBe(true);
    pass(1);
    expect(keys.has('old')).toBe(false);
  });

  test('is forgotten after its time', () => {
    const { keys } = aWindow();
    keys.recall('old', 1_000);
    keys.recall('odd', Number.NaN);
    expect([keys.has('old'), keys.has('odd')]).toEqual([false, false]);
  });

  test('is not kept longer than a new one, also if the clock was set back', () => {
    const { keys, pass } = aWindow();
    keys.recall('from tomorrow', -86_400_000);
    pass(1_000);
    expect(keys.has('from tomorrow')).toBe(false);
  });

  test('never shortens the time of a known one', () => {
    const { keys, pass } = aWindow();
    keys.remember('new');
    keys.recall('new', 900);
    keys.recall('twice', 100);
    keys.recall('twice', 900);
    pass(800);
    expect([keys.has('new'), keys.has('twice')]).toEqual([true, true]);
  });

  test('makes room before any of this life does, the oldest first', () => {
    const { keys } = aWindow();
    keys.remember('new');
    for (const id of ['old 1', 'old 2', 'old 3']) keys.recall(id, 500);
    expect(['new', 'old 1', 'old 2', 'old 3'].map((id) => keys.has(id))).toEqual([true, false, true, true]);
    keys.remember('newer');
    keys.remember('newest');
    expect(['new', 'newer', 'newest', 'old 3'].map((id) => keys.has(id))).toEqual([true, true, true, false]);
    keys.recall('old 4', 500);
    expect(keys.has('old 4')).toBe(false);
  });

  test('can be forgotten', () => {
    const { keys } = aWindow();
    keys.recall('old', 100);
    keys.forget('old');
    expect(keys.has('old')).toBe(false);
  });
});
