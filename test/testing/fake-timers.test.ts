import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journal, memory, TrackingModule, TrackingService, webhook } from '../../lib/index.js';
import type { EventBufferFactory } from '../../lib/index.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';

/** The real module, as an application runs it. */
async function application(url: string, buffer: EventBufferFactory) {
  @Module({
    imports: [
      TrackingModule.forRoot({ destinations: [webhook({ url })], buffer, shutdown: { timeoutMs: 300 } }),
    ],
  })
  class AppModule {}
  const moduleRef = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  await app.init();
  return app;
}

const kinds: [string, () => void][] = [
  ['modern', () => void jest.useFakeTimers()],
  ['legacy', () => void jest.useFakeTimers({ legacyFakeTimers: true })],
];
const moments = ['before the application starts', 'once it has started'] as const;
const cases = kinds.flatMap(([kind, fake]) => moments.map((moment) => [kind, moment, fake] as const));

describe.each(cases)("with Jest's %s fake timers, installed %s", (_, moment, fake) => {
  const atEnd: (() => unknown)[] = [];
  afterEach(async () => {
    jest.useRealTimers();
    for (const end of atEnd.splice(0)) await end();
  });

  async function started(url: string, buffer = memory()) {
    if (moment === 'before the application starts') fake();
    const app = await application(url, buffer);
    if (moment === 'once it has started') fake();
    return app;
  }

  test('the real module delivers, and app.close() ends', async () => {
    const server = await MisbehavingServer.start(() => 0);
    atEnd.push(() => server.close());
    const app = await started(server.url);
    app.get(TrackingService).track('Order Completed', { n: 1 }, { userId: 'ann' });
    await app.close();
    expect(server.stored).toHaveLength(1);
  });

  test('app.close() ends in the middle of an outage, at its deadline', async () => {
    const app = await started('http://127.0.0.1:9/events');
    const tracking = app.get(TrackingService);
    tracking.track('Order Completed', { n: 1 }, { userId: 'ann' });
    await app.close();
    expect(tracking.stats().lanes['webhook']).toMatchObject({ pending: 0, dropped: { closed: 1 } });
  });

  test('app.close() ends with a journal', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-fake-timers-'));
    atEnd.push(() => rmSync(directory, { recursive: true }));
    const app = await started('http://127.0.0.1:9/events', journal({ directory }));
    const tracking = app.get(TrackingService);
    expect(await tracking.record('Order Completed', { n: 1 }, { userId: 'ann' })).toMatchObject({
      state: 'committed',
    });
    await app.close();
    expect(tracking.stats().lanes['webhook']).toMatchObject({ pending: 0, handedOver: 1 });
  });
});
