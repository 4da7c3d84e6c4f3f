import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Job, type Queue, QueueEvents } from 'bullmq';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Identity, RunAs, TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { METHODS, type Operation, OPERATIONS, type RunningStand, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Adornment } from './adornment.js';
import { handlersOf, sourcesOf } from './order-handlers.js';
import { RedisServer } from './redis-server.js';

interface Payload {
  readonly person: string;
  readonly identity?: Identity;
}

const CONCURRENCY = 50;

const LACKS: Partial<Record<Operation, string>> = {
  observe: 'nobody subscribes to what a processor returns',
  guarded: 'Nest has no guards for processors',
};

const offered = OPERATIONS.filter((operation) => LACKS[operation] === undefined);

const adornment = new Adornment();

const handlers = handlersOf({
  method: 'process',
  on: (operation) =>
    Processor(
      { name: METHODS[operation], ...(operation === 'scoped' && { scope: Scope.REQUEST }) },
      { concurrency: CONCURRENCY },
    ),
  as: RunAs((job: Job<Payload>) => job.data.identity),
  adornment: adornment.decorator,
  Base: WorkerHost,
});

/** BullMQ loads its driver when it connects. */
function driverMissing(): string | undefined {
  try {
    createRequire(join(process.cwd(), 'entry.js')).resolve('ioredis');
    return undefined;
  } catch {
    return 'ioredis is not installed, which BullMQ connects with: install it with `npm install --save-dev ioredis`';
  }
}

/** A queue for each operation; who it is travels in the job's data. */
export const bullmq: Stand = {
  name: 'BullMQ processors',
  handlers: 'Handler',
  sources: sourcesOf('Handler.process'),
  lacks: LACKS,
  contextless: true,
  unavailable: () => RedisServer.missing() ?? driverMissing(),
  async start(): Promise<RunningStand> {
    const [redis, collector] = [await RedisServer.start(), await Collector.start()];
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const { observe: _nobodySubscribes, ...processors } = handlers;
    @Module({
      imports: [
        TrackingModule.forRoot({ destinations: [collector.destination] }),
        BullModule.forRoot({ connection }),
        BullModule.registerQueue(...offered.map((operation) => ({ name: METHODS[operation] }))),
      ],
      providers: [...Object.values(processors), Work],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const tracking = app.get(TrackingService);
    const finished = new Map<Operation, QueueEvents>();
    for (const operation of offered) {
      const events = new QueueEvents(METHODS[operation], { connection });
      events.setMaxListeners(0);
      await events.waitUntilReady();
      finished.set(operation, events);
    }
    return {
      tracking,
      async call(operation, person) {
        const queue = app.get<Queue<Payload, string>>(getQueueToken(METHODS[operation]));
        // Every call that waits listens for its end.
        queue.setMaxListeners(0);
        const add = (): Promise<Job<Payload, string>> => {
          const identity = tracking.identity();
          return queue.add('order', { person: person ?? 'nobody', ...(identity && { identity }) });
        };
        const job = await (person === undefined ? add() : tracking.runAs({ userId: person }, add));
        const answer = await job.waitUntilFinished(finished.get(operation)!);
        if (operation === 'adorned') {
          adornment.expectCalled(Reflect.get(handlers.adorned.prototype as object, 'process'));
        }
        return answer;
      },
      delivered: () => collector.delivered(tracking),
      async close() {
        for (const events of finished.values()) await events.close();
        await app.close();
        await redis.stop();
        await collector.close();
      },
    };
  },
};
