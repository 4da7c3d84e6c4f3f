import 'reflect-metadata';
import cluster from 'node:cluster';
import { writeSync } from 'node:fs';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { Track } from '../../../lib/decorator/track.decorator.js';
import { TrackingModule } from '../../../lib/tracking.module.js';
import { TrackingService } from '../../../lib/tracking.service.js';
import type { JournalAnswer, JournalCommand, JournalPlan } from '../journal-child.js';
import { PLATFORMS } from '../platforms.js';

// An application with a journal in a child process, which carries out the commands of its parent.
const plan = JSON.parse(process.argv[2]!) as JournalPlan;
/** Longer than a disk takes on a busy machine. */
const BUSY_MACHINE_MS = 30_000;
/** The parent can read these lines even if this process is killed in the next instant. */
const REPORT = 3;

const destinations = Object.entries(plan.lanes).map(([name, { platform, url, secret, concurrency }]) => {
  const options = {
    name,
    ...(concurrency !== undefined && { concurrency }),
    timeoutMs: plan.timeoutMs ?? 2_000,
    batch: { maxEvents: plan.maxEvents ?? 50, maxDelayMs: 50 },
  };
  const other = PLATFORMS.find((each) => each.name === platform);
  return (
    other?.destination({ url }, options) ??
    webhook({ url, ...(secret !== undefined && { secret }), ...options })
  );
});

@Module({
  imports: [
    TrackingModule.forRoot({
      destinations,
      buffer: journal(plan.journal),
      retry: { minDelayMs: 20, maxDelayMs: plan.maxRetryDelayMs ?? 200 },
      commitTimeoutMs: BUSY_MACHINE_MS,
      ...(plan.shutdownMs !== undefined && { shutdown: { timeoutMs: plan.shutdownMs } }),
    }),
  ],
})
class TrackedModule {}

@Injectable()
class Shop {
  @Track('Order Completed', {
    durable: true,
    properties: (n: number) => ({ n }),
    user: (n: number) => ({ userId: `user-${n}` }),
  })
  async order(n: number): Promise<number> {
    return n;
  }
}

@Module({ imports: [TrackedModule], providers: [Shop] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, {
  logger: plan.quiet === true ? false : ['log', 'warn', 'error'],
});
if (plan.shutdownHooks === true) app.enableShutdownHooks();
const tracking = app.get(TrackingService);
const shop = app.get(Shop);
/** Reports rejected events, also those of decorators. */
const track = tracking.track.bind(tracking);
const recordOf = tracking.record.bind(tracking);
tracking.track = (name, properties, options) => {
  const id = track(name, properties, options);
  if (id === undefined) writeSync(REPORT, `refused ${(properties as { n: number }).n}\n`);
  return id;
};
tracking.record = async (name, properties, options) => {
  const result = await recordOf(name, properties, options);
  if (result.state === 'rejected') writeSync(REPORT, `refused ${(properties as { n: number }).n}\n`);
  return result;
};
const user = (n: number): { userId: string } => ({ userId: `user-${n}` });
/** Each worker of a cluster has its own range of numbers. */
let n = (plan.firstNumber ?? 0) + (cluster.worker?.id ?? 0) * 1_000_000;

const record = (number: number, key?: string): Promise<void> =>
  tracking
    .record(
      'Order Completed',
      { n: number },
      {
        ...user(number),
        ...(key !== undefined && { key, timestamp: 1_760_000_000_000 + number }),
      },
    )
    .then(({ state }) => void writeSync(REPORT, `${state} ${number}\n`));

/** A mixture of all calls of an application. */
function work(events: number): void {
  writeSync(REPORT, `offered ${n} ${n + events - 1}\n`);
  for (let event = 0; event < events; event++, n++) {
    if (n % 5 === 0) void record(n);
    else if (n % 5 === 1) void record(n, `order-${n}`);
    else if (n % 10 === 2) void shop.order(n);
    else tracking.track('Order Completed', { n }, user(n));
  }
}

const commands: {
  [K in Exclude<JournalCommand['do'], 'kill'>]: (command: JournalCommand & { do: K }) => unknown;
} = {
  track: ({ count }) => {
    writeSync(REPORT, `offered ${n} ${n + count - 1}\n`);
    for (let event = 0; event < count; event++, n++) tracking.track('Order Completed', { n }, user(n));
  },
  record: async ({ count }) => {
    writeSync(REPORT, `offered ${n} ${n + count - 1}\n`);
    const from = n;
    n += count;
    await Promise.all(Array.from({ length: count }, (_, event) => record(from + event)));
  },
  identify: ({ userId, traits }) => tracking.identify(traits, { userId }),
  stats: () => ({ stats: tracking.stats(), rss: process.memoryUsage.rss() }),
  rest: () => clearInterval(loading),
  close: () => app.close(),
  exit: ({ track }) => {
    commands.track({ do: 'track', count: track });
    process.exit(0);
  },
  throw: ({ track }) => {
    commands.track({ do: 'track', count: track });
    setImmediate(() => {
      throw new Error('a fault of the application');
    });
  },
  repeat: async ({ numbers }) => {
    for (const number of numbers) {
      const { state } = await tracking.record(
        'Order Completed',
        { n: number },
        { ...user(number), key: `order-${number}`, timestamp: 1_760_000_000_000 + number },
      );
      writeSync(REPORT, `again-${state} ${number}\n`);
    }
  },
};

process.on('message', (command: JournalCommand & { readonly id: number }) => {
  if (command.do === 'kill') return;
  const { do: what } = command;
  void (async () => {
    const value = await (commands[what] as (command: never) => unknown)(command as never);
    const answer: JournalAnswer = { id: command.id, value };
    // Two pipes: earlier reports may be read after the answer.
    writeSync(REPORT, `answered ${command.id}\n`);
    process.send?.(answer);
  })();
});

let loading: NodeJS.Timeout | undefined;
if (plan.load !== undefined) {
  const { perTick, everyMs } = plan.load;
  loading = setInterval(() => work(perTick), everyMs);
}
let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
watch.unref();
process.on('exit', () => {
  try {
    writeSync(REPORT, `peak ${Math.max(peak, process.memoryUsage.rss())}\n`);
  } catch {
    // The parent does not listen any more.
  }
});
writeSync(REPORT, `ready ${cluster.worker?.id ?? 0}\n`);
