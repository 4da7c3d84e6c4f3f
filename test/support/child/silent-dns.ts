import 'reflect-metadata';
import { lookup } from 'node:dns/promises';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { systemClock } from '../../../lib/host/clock.js';
import { Log } from '../../../lib/host/log.js';
import { resolveOptions } from '../../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../../lib/tracking.service.js';

// An application whose platforms DNS does not resolve: it reports the pending lookups, and whether its own lookups succeed.
const destinations = ['one', 'two', 'three'].map((name) =>
  webhook({
    name,
    url: `http://${name}.collector.example/events`,
    timeoutMs: 200,
    concurrency: 4,
    batch: { maxEvents: 1, maxDelayMs: 0 },
  }),
);
const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
const runtime = new TrackingRuntime(
  resolveOptions({ destinations, retry: { minDelayMs: 10, maxDelayMs: 20 } }),
  systemClock,
  new Log(() => performance.now(), silent),
);
const tracking = new TrackingService(runtime);
for (let n = 0; n < 20; n++) tracking.track('Order Completed', { n }, { userId: `user-${n}` });

const underWay = (): number =>
  (process as NodeJS.Process & { getActiveResourcesInfo(): string[] })
    .getActiveResourcesInfo()
    .filter((resource) => resource === 'GetAddrInfoReqWrap').length;
const attempts = (): number =>
  Math.min(...Object.values(tracking.stats().lanes).map((lane) => lane.attempts));

// Every lane has made more than one attempt, so all its lookups have begun.
while (attempts() < 6) await new Promise((resolve) => setTimeout(resolve, 10));
const before = underWay();
if (before === 1) {
  const own = await Promise.all(Array.from({ length: 4 }, () => lookup('shop.example')));
  // The last lookup is counted until the end of its turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(JSON.stringify({ before, after: underWay(), own: own.map(({ address }) => address) }));
} else {
  process.stdout.write(JSON.stringify({ before }));
}
// The resolver's threads would delay an orderly end.
process.stdout.write('\n', () => process.kill(process.pid, 'SIGKILL'));
