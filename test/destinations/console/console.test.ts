import type { LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { console as printing, TrackingModule, TrackingService } from 'nestjs-tracking';
import type { ConsoleOptions, Destination, TrackingModuleOptions } from 'nestjs-tracking';
import { destinationConformance } from 'nestjs-tracking/testing';
import { expectAccounted } from '../../support/accounting.js';
import { configError } from '../config-error.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function printed(
  call: (tracking: TrackingService) => void,
  options: ConsoleOptions = {},
  module: Partial<TrackingModuleOptions> = {},
) {
  const lines: string[] = [];
  const destination = printing({ log: (line) => lines.push(line), ...options });
  const app = await Test.createTestingModule({
    imports: [TrackingModule.forRoot({ destinations: [destination], retry: { minDelayMs: 1 }, ...module })],
  }).compile();
  await app.init();
  closing.push(() => app.close());
  const tracking = app.get(TrackingService);
  call(tracking);
  await tracking.flush();
  expectAccounted(tracking.stats());
  return { lines, lane: tracking.stats().lanes['console']! };
}

describe('console()', () => {
  test('prints one line for each event, with name, person and properties', async () => {
    const { lines, lane } = await printed((tracking) => {
      tracking.track('Order Completed', { orderId: 'A-17', total: 49 }, { userId: 'user-1001' });
      tracking.track('Page Seen', {}, { anonymousId: 'visitor-7' });
      tracking.identify({ plan: 'pro' }, { userId: 'user-1001' });
      tracking.group('acme', { seats: 5 }, { userId: 'user-1001' });
      tracking.alias('visitor-7', 'user-1001');
    });
    expect(lines).toEqual([
      'track Order Completed | user-1001 | {"orderId":"A-17","total":49}',
      'track Page Seen | visitor-7 | {}',
      'identify | user-1001 | {"plan":"pro"}',
      'group acme | user-1001 | {"seats":5}',
      'alias visitor-7 | user-1001 | {}',
    ]);
    expect(lane).toMatchObject({ accepted: 5, delivered: 5, pending: 0 });
  });

  test('prints one line only, whatever a client sends in an event', async () => {
    const { lines } = await printed((tracking) => {
      tracking.track('Paid\n[console] Refunded', { note: 'a\r\nb\u001b[31m\u2028' }, { userId: 'ann\u202e' });
    });
    expect(lines).toEqual([
      'track Paid\\u000a[console] Refunded | ann\\u202e | {"note":"a\\r\\nb\\u001b[31m\\u2028"}',
    ]);
  });

  test('prints an event after the rules of the module and its own', async () => {
    const { lines } = await printed(
      (tracking) =>
        tracking.track('Paid', { email: 'ann@example.com', total: 5, note: 'x' }, { userId: 'ann' }),
      { allowProperties: ['email', 'total'] },
      { redact: { paths: ['properties.email'] } },
    );
    expect(lines.join()).toContain('"total":5');
    expect(lines.join()).not.toMatch(/ann@example|note/);
  });

  test('prints a batch again if printing failed', async () => {
    let failures = 1;
    const { lane } = await printed((tracking) => tracking.track('Paid', {}, { userId: 'ann' }), {
      log: () => {
        if (failures-- > 0) throw new Error('full');
      },
    });
    expect(failures).toBe(-1);
    expect(lane).toMatchObject({ delivered: 1, pending: 0 });
  });

  test("prints through Nest's logger under its own name", async () => {
    const lines: unknown[][] = [];
    const silent = (): void => {};
    const sink: LoggerService = {
      log: (...line: unknown[]) => lines.push(line),
      warn: silent,
      error: silent,
    };
    const app = await Test.createTestingModule({
      imports: [TrackingModule.forRoot({ destinations: [printing({ name: 'events' })] })],
    })
      .setLogger(sink)
      .compile();
    closing.push(() => app.close());
    const tracking = app.get(TrackingService);
    tracking.track('Paid', {}, { userId: 'ann' });
    await tracking.flush();
    expect(lines).toContainEqual(['track Paid | ann | {}', 'events']);
  });

  test.each<[object, string]>([
    [{ log: 'debug' }, 'destinations[0].log'],
    [{ headers: {} }, 'destinations[0].headers'],
    [{ level: 'debug' }, 'destinations[0].level'],
  ])('fails at start with the options %p, by name', (options, option) => {
    const destination: Destination = printing(options);
    expect(configError(destination).option).toBe(option);
  });
});

describe('console() keeps the rules of every destination', () => {
  const rules = destinationConformance({
    create: ({ headers: _headers, dispatcher: _dispatcher, ...options }) =>
      printing({ log: () => {}, ...options }),
    skip: { content: 'a line has no id, and the time of the logger' },
  });
  for (const { name, run } of rules) test(name, run);
});
