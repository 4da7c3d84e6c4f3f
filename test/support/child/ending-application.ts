import 'reflect-metadata';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { memory } from '../../../lib/buffer/memory/memory.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { TrackingModule } from '../../../lib/tracking.module.js';
import { TrackingService } from '../../../lib/tracking.service.js';
import type { EndingPlan } from '../../faults/process-ends.test.js';

// An application that ends in one of the ways in which a process, or a thread, may end.
const plan = (isMainThread ? JSON.parse(process.argv[2]!) : workerData) as EndingPlan;
const say = (text: string): void => void writeSync(1, `${text}\n`);

async function start(providers: object[] = []): Promise<TrackingService> {
  @Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [webhook({ url: plan.url, batch: { maxEvents: 50, maxDelayMs: 10 } })],
        buffer: plan.directory === undefined ? memory() : journal({ directory: plan.directory }),
      }),
    ],
    providers: providers.map((useValue, n) => ({ provide: `hooks ${n}`, useValue })),
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  if (providers.length > 0) app.enableShutdownHooks();
  return app.get(TrackingService);
}

const SOMEBODY = { userId: 'ada' };

/** Tracks the given number of events in an `exit` listener, and reports how many were accepted, and the statistics. */
function trackAtExit(service: () => TrackingService | undefined, name: string, count: number): void {
  process.on('exit', () => {
    const tracking = service()!;
    const ids = Array.from({ length: count }, (_, n) => tracking.track(`${name} ${n}`, {}, SOMEBODY));
    const { called, accepted, rejected } = tracking.stats();
    say(`${name}: ${ids.filter((id) => id !== undefined).length} of ${count} accepted`);
    say(`counted ${JSON.stringify({ called, accepted, rejected })}`);
  });
}

async function commit(tracking: TrackingService, count: number): Promise<void> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, (_, n) => tracking.record(`Committed ${n}`, {}, SOMEBODY)),
  );
  for (const [n, { state }] of outcomes.entries()) say(`${state} ${n}`);
}

const ends: Record<EndingPlan['how'], () => Promise<void>> = {
  async listeners() {
    const running: { tracking?: TrackingService } = {};
    trackAtExit(() => running.tracking, 'Before', 2);
    const tracking = (running.tracking = await start());
    trackAtExit(() => tracking, 'After', 2);
    trackAtExit(() => tracking, 'Many', plan.many ?? 0);
    await commit(tracking, 2);
    tracking.track('Last', {}, SOMEBODY);
    process.exit(0);
  },
  async exitOfWorker() {
    if (isMainThread) return void worker();
    const tracking = await start();
    trackAtExit(() => tracking, 'After', 1);
    await commit(tracking, 2);
    tracking.track('Last', {}, SOMEBODY);
    process.exit(0);
  },
  exitOfMain: () => inWorker(() => process.exit(0)),
  terminated: () => inWorker((thread) => thread.terminate()),
  async unsignalled() {
    const thread = isMainThread ? worker() : undefined;
    const threadEnded = thread && once(thread, 'exit');
    await start();
    // Timers of one length fire in their order: the application's check of the signals has run.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    say(`checked in ${isMainThread ? 'the main' : 'a worker'} thread`);
    await threadEnded;
    process.exit(0);
  },
  destroyThrows: () => endedByHook('onModuleDestroy'),
  beforeShutdownThrows: () => endedByHook('beforeApplicationShutdown'),
  shutdownThrows: () => endedByHook('onApplicationShutdown'),
  async deliver() {
    const tracking = await start();
    while (tracking.stats().journal!.recovering) await new Promise((resolve) => setImmediate(resolve));
    await tracking.flush({ timeoutMs: 20_000 });
    process.exit(0);
  },
};

/** As NestJS 11 ends a process whose hook throws while a signal closes it. NestJS 12 itself runs the other hooks. */
async function endedByHook(hook: string): Promise<void> {
  const tracking = await start([{ [hook]: () => process.exit(1) }]);
  tracking.track('Last', {}, SOMEBODY);
  // Keeps the process until the signal has closed the application.
  setInterval(() => undefined, 1_000);
  process.kill(process.pid, 'SIGTERM');
}

function worker(): Worker {
  return new Worker(new URL(import.meta.url), { workerData: plan });
}

async function inWorker(end: (thread: Worker) => unknown): Promise<void> {
  if (isMainThread) {
    const thread = worker();
    thread.once('message', () => void end(thread));
    return;
  }
  const tracking = await start();
  process.on('exit', () => say('an exit event of the thread'));
  await commit(tracking, 3);
  parentPort!.postMessage('committed');
}

await ends[plan.how]();
