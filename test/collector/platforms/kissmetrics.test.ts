import { describe, expect, test } from '@jest/globals';
import { kissmetrics } from '../../../lib/collector/platforms/kissmetrics/kissmetrics.js';
import { aRequest, HOSTILE_BODIES, judgements, NEW_YEAR, readingOf } from './a-request.js';

const SECOND = NEW_YEAR / 1_000;
const EVENT = `_k=key&_p=user-1001&_n=Signed%20Up&_t=${SECOND}&_d=1`;
const get = (url: string) => readingOf(kissmetrics, url, { method: 'GET', headers: {} });
const event = (url: string) => get(url).events[0]!;
const long = (characters: number): string => 'x'.repeat(characters);

describe('an operation', () => {
  test('an event, by GET or as a form', () => {
    const expected = {
      kind: 'track',
      name: 'Signed Up',
      id: null,
      userId: 'user-1001',
      anonymousId: null,
      time: NEW_YEAR,
      outcome: 'delivered',
      problems: [],
    };
    expect(event(`/e?${EVENT}&Plan=Pro&Amount=49.95`)).toMatchObject({
      ...expected,
      properties: { Plan: 'Pro', Amount: '49.95' },
    });
    const form = { body: EVENT, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(readingOf(kissmetrics, '/e', form).events).toMatchObject([{ ...expected, properties: {} }]);
  });

  test('properties of a person', () => {
    expect(event('/s?_k=key&_p=user-1001&Plan=Pro&_ip=203.0.113.7')).toMatchObject({
      kind: 'identify',
      name: '',
      userId: 'user-1001',
      time: null,
      properties: { Plan: 'Pro' },
      problems: [],
    });
  });

  test('an alias: `_n` is the name of the person', () => {
    expect(event('/a?_k=key&_p=yMnKy8zNzs%2FQ0dLT1NXW19jZ2ts%3D&_n=user-1001')).toMatchObject({
      kind: 'alias',
      name: 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=',
      userId: 'user-1001',
      problems: [],
    });
  });

  test('a space is `+` or `%20`; commas and colons of a name become spaces', () => {
    expect(event(`/s?_k=k&_p=p&a+b=c+d&e%20f=g%20h`).properties).toEqual({ 'a b': 'c d', 'e f': 'g h' });
    expect(event('/e?_k=k&_p=p&_n=Order:Completed,now').name).toBe('Order Completed now');
  });

  test('has 200 and a pixel, whatever it is', () => {
    for (const url of [`/e?${EVENT}`, '/e', '/s', '/a?x', '/e?%%%']) {
      const { answer } = get(url);
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } });
      expect(String(answer.body)).toMatch(/^GIF89a/);
    }
  });

  test('no other path belongs to the platform', () => {
    expect(kissmetrics.read(aRequest('/v1/batch'))).toBeUndefined();
  });
});

describe('rules', () => {
  test.each([
    ['/e?_p=p&_n=n', 'It has no product key (_k).'],
    ['/e?_k=k&_n=n', 'It has no person (_p).'],
    ['/e?_k=k&_p=p', 'It has no event name (_n).'],
    ['/e?_k=k&_p=p&_n=+', 'It has no event name (_n).'],
    ['/a?_k=k&_p=p', 'It is an alias without the other id (_n).'],
    ['/s?_k=k&_p=p&_t=1&_x=1', expect.stringContaining('_d=1'), 'It sets no property.'],
    [`/e?_k=k&_p=${long(256)}&_n=n`, 'An id of its person has more than 255 characters.'],
    [`/a?_k=k&_p=p&_n=${long(256)}`, 'An id of its person has more than 255 characters.'],
    [`/e?_k=k&_p=p&_n=${long(255)}`, 'Its event name has 255 characters or more.'],
    ['/e?_k=k&_p=p&_n=n&_t=1230767999&_d=1', 'Its time (_t) is before 2009.'],
  ])('%.60s is dropped', (url, ...problems) => {
    expect(judgements(get(url))).toEqual([['dropped', ...problems]]);
  });

  test.each([
    [`/e?_k=k&_p=${long(255)}&_n=${long(254)}`],
    [`/s?_k=k&_p=p&${long(254)}=x`],
    ['/e?_k=k&_p=p&_n=n&_t=1230768000&_d=1'],
    [`/e?_k=k&_p=p&_n=n&a=`],
    [`/e?_k=k&_p=p&_n=n&__proto__=x&constructor=y&toString=z`],
  ])('%.60s breaks none', (url) => {
    expect(judgements(get(url))).toEqual([['delivered']]);
  });

  test.each([
    [`/s?_k=k&_p=p&${long(255)}=x`, 'The name of a property has 255 characters or more.'],
    ['/e?_k=k&_p=p&_n=n&_t=1767225600', expect.stringContaining('without _d=1')],
    ['/e?_k=k&_p=p&_n=n&_t=soon&_d=1', 'Its time (_t) is not a whole number of seconds.'],
    ['/e?_k=k&_p=p&_n=n&a=1&a=2&a=3', 'A parameter is repeated.'],
    ['/e?_k=k&_p=p&_n=n&a=%E0%A4%A', 'Its percent-encoding is invalid.'],
    [`/e?_k=k&_p=p&_n=n&a=${long(2_000)}`, expect.stringContaining('(unconfirmed)')],
  ])('%.60s has a problem, and is stored', (url, problem) => {
    expect(judgements(get(url))).toEqual([['delivered', problem]]);
  });

  test('a value of more than 8 KB, in bytes', () => {
    const body = (value: string) => ({
      body: `_k=k&_p=p&_n=n&a=${encodeURIComponent(value)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    const judged = (value: string) => judgements(readingOf(kissmetrics, '/e', body(value)));
    expect(judged(long(8_192))).toEqual([['delivered']]);
    expect(judged('€'.repeat(2_731))).toEqual([['delivered', 'The value of a property has more than 8 KB.']]);
  });

  test('a body that is not a form', () => {
    const { events } = readingOf(kissmetrics, '/e', { body: { _k: 'k', _p: 'p' } });
    expect(events[0]).toMatchObject({ outcome: 'dropped' });
    expect(events[0]!.problems).toContain('The body of a POST request is not a form.');
  });

  test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is one operation: %.40s', (body) => {
    expect(readingOf(kissmetrics, '/e', { body }).events).toHaveLength(1);
  });
});

describe('a repetition', () => {
  const repetition = (url: string) => event(url).repetition;

  test('of an event: person, name and second, in any case of letters', () => {
    const first = repetition(`/e?${EVENT}&Plan=Pro`);
    expect(repetition(`/e?${EVENT}&Plan=Team`)).toBe(first);
    expect(repetition(`/e?${EVENT.replace('Signed', 'SIGNED')}`)).toBe(first);
    expect(repetition(`/e?${EVENT.replace(String(SECOND), String(SECOND + 1))}`)).not.toBe(first);
    expect(repetition(`/e?${EVENT.replace('user-1001', 'user-1002')}`)).not.toBe(first);
  });

  test('of a property: person, name and second, whatever the value', () => {
    const first = repetition(`/s?_k=k&_p=p&_t=${SECOND}&_d=1&a=1&b=2`);
    expect(first).toHaveLength(2);
    expect(repetition(`/s?_k=k&_p=p&_t=${SECOND}&_d=1&A=3&B=4`)).toEqual(first);
    expect(repetition(`/s?_k=k&_p=p&_t=${SECOND}&_d=1&a=1`)).toEqual([first![0]]);
  });

  test('of an alias: the pair, in any order', () => {
    expect(repetition('/a?_k=k&_p=one&_n=other')).toBe(repetition('/a?_k=k&_p=other&_n=one'));
    expect(repetition('/a?_k=k&_p=one&_n=other')).not.toBe(repetition('/a?_k=k&_p=one&_n=another'));
  });
});
