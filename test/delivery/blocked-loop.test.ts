import { afterEach, describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import { Transport } from '../../lib/delivery/http/transport.js';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { systemClock } from '../../lib/host/clock.js';
import { Log } from '../../lib/host/log.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { ManualClock } from '../support/manual-clock.js';
import { aLog } from '../support/spoken-log.js';

const TIMEOUT_MS = 500;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A platform with its own event loop, which answers while ours is blocked. */
async function platform({ silent = false, held = false } = {}): Promise<{
  url: string;
  requests: () => number;
  answers: () => number;
  /** Releases a delayed answer. */
  release: () => void;
}> {
  const counts = new Int32Array(new SharedArrayBuffer(12));
  const worker = new Worker(
    `const { workerData: { counts, silent, held }, parentPort } = require('node:worker_threads');
     require('node:http').createServer((request, response) => {
       request.resume().on('end', () => {
         Atomics.add(counts, 0, 1);
         if (silent) return;
         if (held) Atomics.wait(counts, 2, 0);
         response.end('ok', () => Atomics.add(counts, 1, 1));
       });
     }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });`,
    { eval: true, workerData: { counts, silent, held } },
  );
  ends.push(() => worker.terminate());
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => Atomics.load(counts, 0),
    answers: () => Atomics.load(counts, 1),
    release: () => {
      Atomics.store(counts, 2, 1);
      Atomics.notify(counts, 2);
    },
  };
}

/** Blocks the event loop for longer than an attempt may take, and until something has happened elsewhere. */
function block(until: () => boolean = () => true): void {
  const end = performance.now() + 1.2 * TIMEOUT_MS;
  while (performance.now() < end || !until());
}

async function turnsUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function transport(): Transport {
  const made = new Transport({
    dispatcher: undefined,
    concurrency: 4,
    pipelining: 1,
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    log: new Log(),
  });
  ends.push(() => made.close());
  return made;
}

const send = (over: Transport, url: string): Promise<AttemptResult> =>
  new Promise((resolve) => over.send({ method: 'POST', url, body: 'x' }, resolve));

describe('while the event loop is blocked, the deadline of an attempt', () => {
  test('does not count before the answer that lies in the socket was read', async () => {
    const { url, requests, answers, release } = await platform({ held: true });
    const result = send(transport(), url);
    await turnsUntil(() => requests() === 1);
    release();
    block(() => answers() === 1);
    expect(await result).toMatchObject({ answer: { status: 200, body: 'ok' } });
    expect(requests()).toBe(1);
  });

  test('leaves the time that it needs to an attempt that had no chance to begin', async () => {
    const { url, requests } = await platform();
    const result = send(transport(), url);
    block();
    expect(await result).toMatchObject({ answer: { status: 200, body: 'ok' } });
    expect(requests()).toBe(1);
  });

  test('still ends an attempt without an answer', async () => {
    const { url, requests } = await platform({ silent: true });
    const over = transport();
    const result = send(over, url);
    await turnsUntil(() => requests() === 1);
    block();
    expect(await result).toEqual({ failure: 'timeout' });
  });

  test('still reads the answers of a platform: each event is sent once, and no failure is counted', async () => {
    const { url, requests } = await platform();
    const { log, spoken } = aLog(() => performance.now());
    const runtime = new TrackingRuntime(
      resolveOptions({
        destinations: [webhook({ url, timeoutMs: TIMEOUT_MS, concurrency: 16, batch: { maxEvents: 1 } })],
      }),
      systemClock,
      log,
    );
    ends.push(() => runtime.close());
    const service = new TrackingService(runtime);
    for (let n = 0; n < 90; n++) service.track('Ordered', { n }, { userId: 'ann' });
    const flushed = service.flush();
    for (const sent of [4, 30, 60]) {
      await turnsUntil(() => requests() >= sent);
      block();
    }
    expect(await flushed).toMatchObject({ delivered: 90, pending: 0, timedOut: false });
    expect(requests()).toBe(90);
    expect(service.stats().lanes['webhook']).toMatchObject({ delivered: 90, attempts: 90, retries: 0 });
    expect(spoken.all).toEqual([]);
  });
});

test('on a loop that runs, an attempt ends at its deadline, and leaves no timer', async () => {
  const { url } = await platform({ silent: true });
  const clock = new ManualClock();
  const over = new Transport({
    dispatcher: undefined,
    concurrency: 1,
    pipelining: 1,
    timeoutMs: 5_000,
    clock,
    log: new Log(),
  });
  ends.push(() => over.close());
  const result = send(over, url);
  clock.advance(4_999);
  expect(clock.timers).toBe(1);
  clock.advance(1);
  expect(await result).toEqual({ failure: 'timeout', isUnsent: true });
  expect(clock.timers).toBe(0);
});
