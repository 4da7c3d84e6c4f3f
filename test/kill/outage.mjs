// node test/kill/outage.mjs [--seconds=60] [--perSecond=2000] [--platform=webhook|kissmetrics|amplitude]
//
// An application with a journal while its platform is down: nothing is lost, and memory holds a window of it only.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../support/child/typescript.mjs';
import { option } from './option.mjs';

const { JournalChild } = await import('../support/journal-child.ts');
const { MisbehavingServer } = await import('../support/misbehaving-server.ts');
const MIB = 1_048_576;
const MAX_RSS = 200 * MIB;

const seconds = option('seconds', 60);
const perSecond = option('perSecond', 2_000);
const platform = option('platform', 'webhook');
const directory = await mkdtemp(join(tmpdir(), 'nestjs-tracking-outage-'));
const server = await MisbehavingServer.start();
await server.goDown();
const child = new JournalChild({
  journal: { directory },
  lanes: { webhook: { platform, url: server.url } },
  maxEvents: 500,
  maxRetryDelayMs: 1_000,
});
await child.ready;
const atStart = await child.rss();
const began = performance.now();
let offered = 0;
let peak = 0;
while (performance.now() - began < seconds * 1_000) {
  const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) - offered;
  if (due > 0) await child.ask({ do: 'track', count: due });
  offered += Math.max(0, due);
  peak = Math.max(peak, await child.rss());
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const during = Math.round(peak / MIB);
await server.comeUp();
const back = performance.now();
for (let pending = Infinity; pending > 0;) {
  const stats = await child.stats();
  pending = stats.lanes.webhook.pending;
  peak = Math.max(peak, await child.rss());
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const drainSeconds = (performance.now() - back) / 1_000;
const { lanes, journal } = await child.stats();
const arrived = new Set(server.stored.map(({ n }) => n));
const lost = offered - arrived.size;
console.log({
  offered,
  arrived: arrived.size,
  lost,
  repeated: server.stored.length - arrived.size,
  dropped: Object.keys(lanes.webhook.dropped).length,
  rssAtStart: `${Math.round(atStart / MIB)} MiB`,
  peakRssDuringOutage: `${during} MiB`,
  peakRss: `${Math.round(peak / MIB)} MiB`,
  drainSeconds: Number(drainSeconds.toFixed(1)),
  journalBytes: journal.bytes,
});
await child.kill();
await server.close();
await rm(directory, { recursive: true });
if (lost > 0 || peak > MAX_RSS) process.exitCode = 1;
