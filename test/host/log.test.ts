import { describe, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Log, type LogSink } from '../../lib/host/log.js';
import { ManualClock } from '../support/manual-clock.js';
import { aLog } from '../support/spoken-log.js';

describe('the log', () => {
  test('says each thing at its level', () => {
    const { log, spoken } = aLog();
    log.info('resumed');
    log.warn('nobody listens');
    log.error('parked');
    expect(spoken).toEqual({ infos: ['resumed'], warnings: ['nobody listens'], errors: ['parked'] });
  });

  test('warns once for each place of a kind, and makes the sentence only then', () => {
    const { log, spoken } = aLog();
    let made = 0;
    for (let i = 0; i < 3; i++) log.warnOnce('kind', 'a', () => `sentence ${++made}.`);
    log.warnOnce('kind', 'b', () => 'another.');
    log.warnOnce('other', 'a', () => 'a third.');
    expect(spoken.warnings).toEqual(['sentence 1.', 'another.', 'a third.']);
    expect(made).toBe(1);
  });

  test('has room for ten places of a kind a minute, and then says how many it left out', () => {
    const clock = new ManualClock();
    const { log, spoken } = aLog(() => clock.monotonic());
    const flood = (): void => {
      for (let i = 0; i < 1_100; i++) log.warnOnce('normalised', `name ${i}`, () => `Name ${i}.`);
    };
    flood();
    expect(spoken.warnings).toHaveLength(10);
    expect(spoken.warnings.at(-1)).toBe('Name 9. Further lines of this kind are omitted for a minute.');
    log.warnOnce('consent_error', 'Paid', () => 'The hook threw.');
    expect(spoken.warnings.at(-1)).toBe('The hook threw.');
    clock.advance(60_000);
    flood();
    expect(spoken.warnings).toHaveLength(21);
    expect(spoken.warnings[11]).toBe('Name 10. 1090 similar lines were omitted since the last one.');
  });

  test('forgets places rather than remember them without bound, and never falls silent', () => {
    const clock = new ManualClock();
    const { log, spoken } = aLog(() => clock.monotonic());
    for (let minute = 0; minute < 200; minute++) {
      for (let i = 0; i < 100; i++) log.warnOnce('kind', `${minute} ${i} ${'x'.repeat(300)}`, () => 'A.');
      clock.advance(60_000);
    }
    expect(spoken.warnings).toHaveLength(2_000);
  });

  test('forgets the oldest kinds rather than remember them without bound', () => {
    const { log, spoken } = aLog();
    for (let i = 0; i < 10_000; i++) log.limited('error', `lane ${i}`, () => 'It is down.');
    expect(spoken.errors).toHaveLength(10_000);
    log.limited('error', 'lane 9999', () => 'It is down.');
    expect(spoken.errors).toHaveLength(10_000);
    log.limited('error', 'lane 0', () => 'It is down.');
    expect(spoken.errors).toHaveLength(10_001);
  });

  test('logs a limited line at most once a minute, with how often it was left out', () => {
    const clock = new ManualClock();
    const { log, spoken } = aLog(() => clock.monotonic());
    for (let i = 0; i < 5; i++) log.limited('error', 'down', () => 'It is down.');
    clock.advance(59_999);
    log.limited('error', 'down', () => 'It is down.');
    expect(spoken.errors).toEqual(['It is down.']);
    clock.advance(1);
    log.limited('error', 'down', () => 'It is down.');
    log.limited('info', 'other', () => 'It is up.');
    const told = 'It is down. 5 similar lines were omitted since the last one.';
    expect(spoken.errors).toEqual(['It is down.', told]);
    expect(spoken.infos).toEqual(['It is up.']);
    clock.advance(60_000);
    log.limited('error', 'down', () => 'It is down.');
    expect(spoken.errors.at(-1)).toBe('It is down.');
  });

  test('keeps a broken logger away from its callers', () => {
    const broken = new Proxy(
      {},
      {
        get() {
          throw new Error('no logger');
        },
      },
    ) as LogSink;
    const log = new Log(() => 0, broken);
    expect(() => {
      log.info('a');
      log.warn('b');
      log.error('c');
      log.warnOnce('d', '', () => 'd');
      log.limited('error', 'e', () => 'e');
      log.internalError('f', new Error('f'));
    }).not.toThrow();
    expect(log.faults).toEqual({ internal: 1, logger: 6 });
  });

  test('leaves a trace of an unexpected error: counted, logged once per place, with its stack and without its message', () => {
    const errors: unknown[][] = [];
    const log = new Log(() => 0, {
      log: () => undefined,
      warn: () => undefined,
      error: (...parts) => void errors.push(parts),
    });
    const error = new RangeError('token=hunter2\n    at hunter2 (/hunter2.js:1:1)');
    log.internalError('settling a batch', error);
    log.internalError('settling a batch', error);
    log.internalError('reading an answer', Object.assign(new Error('hunter2'), { code: 'EIO' }));
    expect(log.faults).toEqual({ internal: 3, logger: 0 });
    expect(errors).toHaveLength(2);
    expect(errors[0]![0]).toMatch(/^Unexpected RangeError while settling a batch\./);
    expect(errors[0]![1]).toMatch(/^RangeError\n {4}at .*log\.test/);
    expect(errors[1]![0]).toMatch(/^Unexpected Error EIO while reading an answer\./);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  test('survives an internal error that throws when it is looked at', () => {
    const { log, spoken } = aLog();
    const hostile = Object.defineProperty(new Error('a'), 'stack', {
      get: () => {
        throw new Error('b');
      },
    });
    log.internalError('reading', hostile);
    log.internalError('writing', 'a text');
    log.internalError('closing', undefined);
    expect(log.faults.internal).toBe(3);
    expect(spoken.errors).toHaveLength(3);
  });

  test('keeps a sentence that cannot be made away from its callers', () => {
    const { log, spoken } = aLog();
    const fails = (): string => {
      throw new Error('what it is about throws when looked at');
    };
    expect(() => log.warnOnce('a', '', fails)).not.toThrow();
    expect(() => log.limited('error', 'b', fails)).not.toThrow();
    expect(spoken.all).toEqual([]);
  });

  test('is one line, whatever it is about', () => {
    const { log, spoken } = aLog();
    log.warn("Event 'Paid\r\n[Nest] 1  ERROR all is lost\u001b[2J\u2028\u0085x' was not recorded.");
    expect(spoken.warnings).toEqual([
      String.raw`Event 'Paid\u000d\u000a[Nest] 1  ERROR all is lost\u001b[2J\u2028\u0085x' was not recorded.`,
    ]);
  });

  test('shows characters that change the direction of the line, or are invisible in it', () => {
    const { log, spoken } = aLog();
    log.warn("Event 'a\u202Eb\u2066c\u200Bd\u061Ce' was not recorded.");
    expect(spoken.warnings).toEqual([String.raw`Event 'a\u202eb\u2066c\u200bd\u061ce' was not recorded.`]);
  });

  test("speaks through Nest's Logger, so that the application's logger hears it", () => {
    const heard: unknown[][] = [];
    const listen = (...args: unknown[]): void => void heard.push(args);
    Logger.overrideLogger({ log: listen, warn: listen, error: listen });
    try {
      new Log().warn('hear, hear');
    } finally {
      Logger.overrideLogger(true);
    }
    expect(heard).toEqual([['hear, hear', 'nestjs-tracking']]);
  });
});
