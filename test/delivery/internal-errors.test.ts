import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { CommitState, EventBuffer } from '../../lib/buffer/event-buffer.js';
import { readOverContinue } from '../../lib/delivery/http/read-over-continue.js';
import { Transport } from '../../lib/delivery/http/transport.js';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import { LaneBench } from '../support/a-lane.js';
import { ManualClock } from '../support/manual-clock.js';
import { slowBuffer } from '../support/slow-buffer.js';
import { aLog } from '../support/spoken-log.js';
import { ANN, tracking } from '../support/tracking.js';

const unforeseen = (): never => {
  throw new TypeError('unforeseen');
};
const rejected = (): Promise<never> => Promise.reject(new TypeError('unforeseen'));

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

/** Tracking with a durable buffer, some of whose members fail. */
function broken(members: Partial<EventBuffer>) {
  const buffer = slowBuffer();
  const failing = {
    ...buffer,
    create: (setup: Parameters<typeof buffer.create>[0]) => Object.assign(buffer.create(setup), members),
  };
  return { ...tracking({ buffer: failing }), buffer };
}

describe('an error of our own code leaves a trace, and a flush never rejects,', () => {
  test('when the accounting fails: the events are sent, and the flush does not claim that it knows their end', async () => {
    const { service, buffer, clock, spoken, platform } = broken({ ledger: unforeseen });
    service.track('Bought', {}, ANN);
    const report = service.flush();
    buffer.disk.committed();
    await clock.elapse(20_000, 20);
    expect(await report).toEqual({ delivered: 0, pending: 0, dead: 0, timedOut: true });
    expect(platform.received).toHaveLength(1);
    expect(spoken.errors).toEqual([expect.stringContaining('counting events')]);
  });

  test.each<[string, () => Promise<CommitState>]>([
    ['throws', unforeseen],
    ['is rejected', rejected],
  ])('when the commit %s: the events are sent', async (_, commit) => {
    const { service, buffer, clock, spoken } = broken({ commit });
    service.track('Bought', {}, ANN);
    const report = service.flush();
    buffer.disk.committed();
    await clock.elapse(20_000, 20);
    expect(await report).toMatchObject({ delivered: 1, pending: 0 });
    expect(spoken.errors).toEqual([expect.stringContaining('committing events')]);
  });

  test('when a lane cannot begin it: it ends at its deadline', async () => {
    const { service, buffer, clock, spoken } = broken({});
    Object.defineProperty(buffer.disk, 'nextPosition', { get: unforeseen });
    const report = service.flush({ timeoutMs: 1_000 });
    await clock.elapse(20_000, 20);
    expect(await report).toMatchObject({ timedOut: true });
    expect(spoken.errors).toEqual([expect.stringContaining('beginning a flush')]);
  });
});

test('a lane delivers, and a trace is left, when reading the pauses of earlier processes fails', async () => {
  const { service, buffer, clock, spoken } = broken({ pauses: rejected });
  service.track('Bought', {}, ANN);
  const report = service.flush();
  buffer.disk.committed();
  await clock.elapse(20_000, 20);
  expect(await report).toMatchObject({ delivered: 1, pending: 0 });
  expect(spoken.errors).toEqual([expect.stringContaining('reading stored pauses')]);
});

test('a trace is left, and the function is called again, when the use of credentials fails', async () => {
  let calls = 0;
  const it = new LaneBench({
    destination: { credentials: () => Promise.resolve({ values: { token: `t${++calls}` } }) },
  });
  let failures = 1;
  Object.defineProperty(it.destination, 'secrets', { get: () => (failures-- > 0 ? unforeseen() : []) });
  it.give();
  await it.clock.elapse(60_000, 100);
  expect(it.ledger).toMatchObject({ delivered: 1 });
  expect(calls).toBe(2);
  expect(it.spoken.errors).toContainEqual(expect.stringContaining('reading credentials'));
});

describe('an attempt ends, and a trace is left,', () => {
  const request = { method: 'POST' as const, url: 'http://shop.example/', body: 'text' };
  const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;

  function attempt(answer: (handler: Dispatcher.DispatchHandler) => void, done?: () => void) {
    const clock = new ManualClock();
    const { log, spoken } = aLog(() => clock.monotonic());
    const results: AttemptResult[] = [];
    const transport = new Transport({
      dispatcher: { dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => answer(handler) } as never,
      concurrency: 1,
      pipelining: 1,
      timeoutMs: 1_000,
      clock,
      log,
    });
    transport.send(request, (result) => {
      results.push(result);
      done?.();
    });
    clock.advance(10_000);
    return { results, spoken };
  }

  test('when its answer cannot be read', () => {
    const { results, spoken } = attempt((handler) => {
      handler.onRequestStart?.(controller, {});
      const names = Object.assign(['a'], { join: unforeseen });
      handler.onResponseStart?.(controller, 503, { names });
      handler.onResponseData?.(controller, Buffer.from('text'));
      handler.onResponseEnd?.(controller, {});
    });
    expect(results).toEqual([
      { answer: { status: 503, headers: {}, body: '', complete: false }, cut: 'early' },
    ]);
    expect(spoken.errors).toEqual([expect.stringContaining('reading an answer')]);
  });

  test.each<[string, (handler: Dispatcher.DispatchHandler) => void]>([
    [
      'after an answer',
      (handler) => {
        handler.onRequestStart?.(controller, {});
        handler.onResponseStart?.(controller, 200, {});
        handler.onResponseEnd?.(controller, {});
      },
    ],
    ['after an error', (handler) => handler.onResponseError?.(controller, new Error('no'))],
    ['at its deadline', () => undefined],
  ])('when its end cannot be handled, %s', (_, answer) => {
    // prettier-ignore
    const { results, spoken } = attempt(answer, unforeseen);
    expect(results).toHaveLength(1);
    expect(spoken.errors).toEqual([expect.stringContaining('ending an attempt')]);
  });
});

test('a trace is left when a new socket cannot be used', () => {
  const { log, spoken } = aLog();
  const connect = readOverContinue((_, callback) => callback(null, new Socket()), log);
  connect({} as never, unforeseen);
  expect(spoken.errors).toEqual([expect.stringContaining('using a new socket')]);
});

describe('stats() does not throw, and a trace is left,', () => {
  test('when a ledger fails: its lane is missing', () => {
    const { service, spoken } = broken({ ledger: unforeseen });
    service.track('Bought', {}, ANN);
    expect(service.stats()).toMatchObject({
      called: 1,
      accepted: 1,
      lanes: {},
      notices: { internal_error: 1 },
    });
    expect(spoken.errors).toEqual([expect.stringContaining('counting events')]);
  });

  test('when the figures of the journal fail: they are null', () => {
    const { service, spoken } = broken({ journal: unforeseen });
    expect(service.stats()).toMatchObject({
      lanes: { shop: { accepted: 0 } },
      journal: null,
      notices: { internal_error: 1 },
    });
    expect(spoken.errors).toEqual([expect.stringContaining('counting events')]);
  });
});

describe('a shutdown ends, and leaves a trace,', () => {
  test.each<[string, Partial<EventBuffer>]>([
    ['closing the buffer', { close: rejected }],
    ['counting events', { ledger: unforeseen }],
  ])('when %s fails', async (doing, members) => {
    const { service, runtime, clock, spoken } = broken(members);
    let isComplete = false;
    service.lifecycle$.subscribe({ complete: () => (isComplete = true) });
    runtime.shutdown.beginDrain();
    const closed = runtime.close();
    await clock.elapse(60_000, 60);
    await closed;
    expect(isComplete).toBe(true);
    expect(spoken.errors).toContainEqual(expect.stringContaining(doing));
  });

  test('when a lane cannot give its events back', async () => {
    const { service, runtime, buffer, clock, spoken, platform } = broken({ settle: unforeseen });
    platform.reply = () => ({ afterMs: 1e9 });
    service.track('Bought', {}, ANN);
    void service.flush();
    buffer.disk.committed();
    await clock.elapse(1_000, 20);
    const closed = runtime.close();
    await clock.elapse(60_000, 60);
    await closed;
    expect(spoken.errors).toContainEqual(expect.stringContaining('closing a lane'));
  });

  test('when the exit of the process cannot save events', () => {
    const { runtime, spoken } = broken({ saveNow: unforeseen });
    runtime.shutdown.onProcessExit();
    expect(spoken.errors).toEqual([expect.stringContaining('saving events at the exit')]);
  });
});

describe('an application starts, and a trace is left,', () => {
  test.each<[string, Partial<EventBuffer>]>([
    ['the namespace', { namespace: rejected }],
    ['earlier events', { opened: rejected }],
  ])('when reading %s fails', async (what, members) => {
    const { runtime, spoken } = broken(members);
    const ready = Promise.all([runtime.prepared(), 'opened' in members ? runtime.opened() : undefined]);
    await ready;
    expect(spoken.errors).toEqual([expect.stringContaining(`reading ${what}`)]);
  });
});
