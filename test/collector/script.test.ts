import { describe, expect, test } from '@jest/globals';
import {
  checkScriptedAnswers,
  CollectorError,
  readPreset,
} from '../../lib/collector/answers/check-scripted-answers.js';
import { Script } from '../../lib/collector/answers/script.js';
import type { ScriptedAnswer } from '../../lib/collector/answers/scripted-answer.js';

import type { CollectorPlatform } from '../../lib/collector/platform.js';
import { ManualClock } from '../support/manual-clock.js';

const platform = (name: string, rejects: boolean): CollectorPlatform => ({
  name,
  title: name,
  read: () => undefined,
  answer: (kind) => (kind === 'events-rejected' && rejects ? { status: 207 } : undefined),
});
const PLATFORMS = [platform('able', true), platform('wholeOnly', false)];

function aScript(random: () => number = () => 0) {
  const clock = new ManualClock();
  const closed: (string | undefined)[] = [];
  const onClear = (name?: string): void => void closed.push(name);
  const script = new Script({ clock, random, rejecting: new Set(['able']), onClear });
  const next = (name = 'able'): unknown => script.next(name)?.answer;
  return { clock, script, closed, next };
}

describe('a script', () => {
  test('answers exactly so many requests, of its platform only', () => {
    const { script, next } = aScript();
    script.add({ answer: 'error', platform: 'able', requests: 2 });
    expect([next('wholeOnly'), next(), next('wholeOnly'), next(), next()]).toEqual([
      undefined,
      'error',
      undefined,
      'error',
      undefined,
    ]);
    expect(script.answers).toEqual([]);
  });

  test('ends exactly when its seconds are over, and shows what is left', () => {
    const { clock, script, next } = aScript();
    script.add({ answer: 'throttled', seconds: 1.5, requests: 9 });
    clock.advance(1_499);
    expect(next()).toBe('throttled');
    expect(script.answers).toEqual([{ answer: 'throttled', seconds: 0.001, requests: 8 }]);
    clock.advance(1);
    expect(next()).toBeUndefined();
    expect(script.answers).toEqual([]);
  });

  test('answers a share of the requests; the others go to the next that fits', () => {
    const values = [0.09, 0.1, 0.9];
    const { script, next } = aScript(() => values.shift()!);
    script.add({ answer: 'cut', share: 0.1 }, { answer: 'slow', requests: 1 });
    expect([next(), next(), next()]).toEqual(['cut', 'slow', undefined]);
    expect(values).toEqual([]);
  });

  test('rejects single events only where the platform can', () => {
    const { script, next } = aScript();
    script.add({ answer: 'events-rejected', requests: 1 });
    expect([next('wholeOnly'), next('able'), next('able')]).toEqual([
      undefined,
      'events-rejected',
      undefined,
    ]);
  });

  test('is cleared for one platform or for all, and closes the requests that hang there', () => {
    const { script, closed } = aScript();
    script.add({ answer: 'error', platform: 'able' }, { answer: 'hang' });
    script.clear('able');
    expect(script.answers).toEqual([{ answer: 'hang' }]);
    script.clear();
    expect(script.answers).toEqual([]);
    expect(closed).toEqual(['able', undefined]);
  });

  test('takes all answers of a list or, beyond its bound, none', () => {
    const { script, clock } = aScript();
    const list = Array.from({ length: 99 }, (): ScriptedAnswer => ({ answer: 'error', seconds: 1 }));
    script.add(...list);
    expect(() => script.add({ answer: 'slow' }, { answer: 'slow' })).toThrow(CollectorError);
    expect(script.answers).toHaveLength(99);
    clock.advance(1_000);
    script.add(...list);
    expect(script.answers).toHaveLength(99);
  });
});

describe('the check of scripted answers', () => {
  test.each([
    { answer: 'error' },
    { answer: 'slow', delayMs: 0 },
    { answer: 'cut', platform: 'wholeOnly', requests: 1, seconds: 0.5, share: 1 },
    { answer: 'events-rejected' },
    { answer: 'events-rejected', platform: 'able' },
    { answer: { status: 503 } },
    { answer: { status: 200, headers: { 'x-a': '1' }, body: 'ok' } },
  ])('accepts %j, alone and in a list', (given) => {
    expect(checkScriptedAnswers(given, PLATFORMS)).toEqual([given]);
    expect(checkScriptedAnswers([given, given], PLATFORMS)).toEqual([given, given]);
  });

  test.each<[unknown, string]>([
    [null, 'A scripted answer is an object'],
    ['error', 'A scripted answer is an object'],
    [[['error']], 'A scripted answer is an object'],
    [{}, 'answer must be one of down, hang, '],
    [{ answer: 'secret-word' }, 'answer must be one of down, hang, '],
    [{ answer: { status: 199 } }, 'status from 200 to 599'],
    [{ answer: { status: 600 } }, 'status from 200 to 599'],
    [{ answer: { status: '200' } }, 'status from 200 to 599'],
    [{ answer: { status: 200, body: {} } }, 'a text as body'],
    [{ answer: { status: 200, headers: { 'a b': '1' } } }, 'texts as headers'],
    [{ answer: { status: 200, headers: { a: '1\r\nb: 2' } } }, 'texts as headers'],
    [{ answer: { status: 200, headers: { 'Content-Length': '9' } } }, 'texts as headers'],
    [{ answer: { status: 200, extra: 1 } }, 'an answer of your own'],
    [{ answer: 'error', platform: 'secret-word' }, 'platform must be one of able, wholeOnly'],
    [
      [{ answer: 'error' }, { answer: 'error', share: 0 }],
      '[1].share must be a number above 0 and at most 1',
    ],
    [{ answer: 'error', share: 1.1 }, 'share must be'],
    [{ answer: 'error', requests: 0 }, 'requests must be a whole number'],
    [{ answer: 'error', requests: 1.5 }, 'requests must be a whole number'],
    [{ answer: 'error', seconds: null }, 'seconds must be'],
    [{ answer: 'slow', delayMs: -1 }, 'delayMs must be'],
    [{ answer: 'error', delayMs: 5 }, 'delayMs applies to the answer slow only'],
    [{ answer: 'error', status: 500 }, 'has no such member'],
    [JSON.parse('{"answer":"error","__proto__":{"share":0.5}}'), 'has no such member'],
    [{ answer: 'events-rejected', platform: 'wholeOnly' }, 'a platform that can: able'],
    [Array.from({ length: 101 }, () => ({ answer: 'error' })), 'At most 100'],
  ])('refuses case %# and names what is expected, without its values', (given, sentence) => {
    let message = '';
    try {
      checkScriptedAnswers(given, PLATFORMS);
    } catch (error) {
      expect(error).toBeInstanceOf(CollectorError);
      ({ message } = error as Error);
    }
    expect(message).toContain(sentence);
    expect(message).not.toContain('secret-word');
  });
});

describe('a preset of --fail', () => {
  test.each<[string, ScriptedAnswer]>([
    ['throttled', { answer: 'throttled' }],
    ['503', { answer: { status: 503 } }],
    ['able:error', { answer: 'error', platform: 'able' }],
    ['WHOLEONLY:cut:10%', { answer: 'cut', platform: 'wholeOnly', share: 0.1 }],
    ['down:30s', { answer: 'down', seconds: 30 }],
    ['able:429:0.5%:1.5s', { answer: { status: 429 }, platform: 'able', share: 0.005, seconds: 1.5 }],
  ])('reads %s', (text, expected) => {
    expect(readPreset(text, PLATFORMS)).toEqual(expected);
  });

  test.each([
    ['', 'is not a preset. Nothing was started. '],
    ['able', 'is not a preset. Nothing was started. '],
    ['secret-word:error', 'is not a preset. Nothing was started. '],
    ['200', 'is not a preset. Nothing was started. '],
    ['error:10', 'is not a preset. Nothing was started. '],
    ['error:0%', 'a share (at most 100%)'],
    ['error:101%', 'a share (at most 100%)'],
    ['error:0s', 'is not a preset. Nothing was started. '],
    ['wholeOnly:events-rejected', 'cannot reject single events'],
  ])('refuses %j', (text, sentence) => {
    expect(() => readPreset(text, PLATFORMS)).toThrow(sentence);
    expect(() => readPreset(text, PLATFORMS)).toThrow(CollectorError);
  });
});
