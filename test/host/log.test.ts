import { describe, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Log } from '../../lib/host/log.js';
import type { LogSink } from '../../lib/host/log.js';
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

  test('warns once per key, and makes the sentence only then', () => {
    const { log, spoken } = aLog();
    let made = 0;
    for (let i = 0; i < 3; i++) log.warnOnce('a', () => `sentence ${++made}`);
    log.warnOnce('b', () => 'another');
    expect(spoken.warnings).toEqual(['sentence 1', 'another']);
    expect(made).toBe(1);
  });

  test('falls silent rather than remember keys without bound', () => {
    const { log, spoken } = aLog();
    for (let i = 0; i < 10_000; i++) {
      log.warnOnce(`warning ${i}`, () => 'a warning');
      log.errorLimited(`error ${i}`, () => 'an error');
    }
    expect(spoken.warnings).toHaveLength(1_000);
    expect(spoken.errors).toHaveLength(1_000);
    log.errorLimited('error 1', () => 'known');
    expect(spoken.errors).toHaveLength(1_000);
  });

  test('says an error at most once a minute, with how often it was left out', () => {
    const clock = new ManualClock();
    const { log, spoken } = aLog(() => clock.monotonic());
    for (let i = 0; i < 5; i++) log.errorLimited('down', () => 'it is down');
    clock.advance(59_999);
    log.errorLimited('down', () => 'it is down');
    expect(spoken.errors).toEqual(['it is down']);
    clock.advance(1);
    log.errorLimited('down', () => 'it is down');
    log.errorLimited('other', () => 'another');
    expect(spoken.errors).toEqual(['it is down', 'it is down (5 more like it since)', 'another']);
    clock.advance(60_000);
    log.errorLimited('down', () => 'it is down');
    expect(spoken.errors.at(-1)).toBe('it is down');
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
      log.warnOnce('d', () => 'd');
      log.errorLimited('e', () => 'e');
    }).not.toThrow();
  });

  test('keeps a sentence that cannot be made away from its callers', () => {
    const { log, spoken } = aLog();
    const fails = (): string => {
      throw new Error('what it is about throws when looked at');
    };
    expect(() => log.warnOnce('a', fails)).not.toThrow();
    expect(() => log.errorLimited('a', fails)).not.toThrow();
    expect(spoken.all).toEqual([]);
  });

  test('is one line, whatever it is about', () => {
    const { log, spoken } = aLog();
    log.warn("Event 'Paid\r\n[Nest] 1  ERROR all is lost\u001b[2J\u2028\u0085x' was not recorded.");
    expect(spoken.warnings).toEqual(["Event 'Paid [Nest] 1  ERROR all is lost [2J x' was not recorded."]);
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
