// node test/kill/recovery.mjs [--events=1000000]
//
// A journal with the given number of pending events: the time until an application knows them and until all are delivered,
// and the memory for that.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeSync, openSync, closeSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../support/child/typescript.mjs';
import { option } from './option.mjs';

const { FrameBuilder } = await import('../../lib/buffer/journal/format/frame-builder.ts');
const { segmentName } = await import('../../lib/buffer/journal/format/segment-name.ts');
const { JournalChild } = await import('../support/journal-child.ts');
const MIB = 1_048_576;
const SEGMENT_BYTES = 16 * MIB;
const EVENTS_PER_FRAME = 500;

const events = option('events', 1_000_000);
const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-recovery-'));
let arrived = 0;
const seen = new Uint8Array(events);
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    for (const [, n] of Buffer.concat(chunks)
      .toString()
      .matchAll(/"n":(\d+)/g)) {
      arrived++;
      seen[n] = 1;
    }
    response.end();
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const plan = {
  journal: { directory, retain: { days: 7 } },
  lanes: { webhook: { url: `http://127.0.0.1:${server.address().port}/events` } },
  maxEvents: 500,
};

// A first process creates the folder, and is killed before it reports anything.
const first = new JournalChild(plan);
await first.ready;
await first.kill();
const [group] = readdirSync(directory);
const [owner] = readdirSync(join(directory, group));
const folder = join(directory, group, owner);
for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) rmSync(join(folder, name));
mkdirSync(folder, { recursive: true });
const lanes = ['webhook'];
let fd;
let bytes = Infinity;
const builder = new FrameBuilder();
const acceptedAt = Date.now() - 60_000;
for (let seq = 1; seq <= events;) {
  if (bytes >= SEGMENT_BYTES) {
    if (fd !== undefined) closeSync(fd);
    fd = openSync(join(folder, `${segmentName(seq, 0)}.jsonl`), 'wx', 0o600);
    bytes = 0;
  }
  for (let line = 0; line < EVENTS_PER_FRAME && seq <= events; line++, seq++) {
    const id = `0198f3a0-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`;
    const json = JSON.stringify({
      id,
      type: 'track',
      name: 'Order Completed',
      timestamp: new Date(acceptedAt).toISOString(),
      acceptedAt: new Date(acceptedAt).toISOString(),
      userId: `user-${seq}`,
      properties: { n: seq - 1, note: 'x'.repeat(200) },
      context: {},
    });
    builder.add({ seq, json, lanes });
  }
  bytes += writeSync(fd, builder.take());
}
closeSync(fd);

const began = performance.now();
const child = new JournalChild(plan);
await child.ready;
const upAfter = performance.now() - began;
let knownAfter;
let peak = 0;
let stats;
do {
  const { stats: now, rss } = await child.ask({ do: 'stats' });
  stats = now;
  peak = Math.max(peak, rss);
  const { recovered, adopted } = stats.lanes.webhook;
  if (knownAfter === undefined && !stats.journal.recovering && recovered + adopted > 0)
    knownAfter = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 20));
} while (knownAfter === undefined || stats.lanes.webhook.pending > 0);
const deliveredAfter = performance.now() - began;
const lost = events - seen.reduce((sum, one) => sum + one, 0);
const seconds = (ms) => Number((ms / 1_000).toFixed(1));
console.log({
  events,
  recovered: stats.lanes.webhook.recovered,
  upAfterSeconds: seconds(upAfter),
  knownAfterSeconds: seconds(knownAfter),
  deliveredAfterSeconds: seconds(deliveredAfter),
  lost,
  repeated: arrived - (events - lost),
  damaged: stats.journal.damaged,
  peakRss: `${Math.round(peak / MIB)} MiB`,
});
await child.kill();
server.close();
rmSync(directory, { recursive: true });
if (lost > 0) process.exitCode = 1;
