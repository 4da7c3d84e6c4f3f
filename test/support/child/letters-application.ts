import 'reflect-metadata';
import { readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { nodeFiles } from '../../../lib/buffer/journal/files/node-files.js';
import { processIdentity } from '../../../lib/buffer/journal/ownership/process-identity.js';
import { openReader } from '../../../lib/buffer/journal/reader/reader.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import type { TrackingStats } from '../../../lib/observe/stats.js';
import { TrackingModule } from '../../../lib/tracking.module.js';
import { TrackingService } from '../../../lib/tracking.service.js';

/** The task of an application whose large events are rejected. */
export interface LettersPlan {
  readonly directory: string;
  readonly url: string;
  /** Large events, one after the other. */
  readonly letters: number;
  readonly bytes: number;
}

const POLL_MS = 20;
const BATCH = { maxEvents: 1, maxBytes: 1_000_000, maxDelayMs: 0 };
const plan = JSON.parse(process.argv[2]!) as LettersPlan;

@Module({
  imports: [
    TrackingModule.forRoot({
      destinations: [webhook({ name: 'hook', url: plan.url, batch: BATCH })],
      buffer: journal({ directory: plan.directory }),
      deadLetters: { maxBytes: 1_000_000_000 },
    }),
  ],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
const tracking = app.get(TrackingService);
const lane = (): TrackingStats['lanes'][string] => tracking.stats().lanes['hook']!;

/** A timer keeps the process alive during that time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(POLL_MS);
}

function letterBytes(): number {
  return readdirSync(plan.directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('dead.jsonl'))
    .reduce((sum, path) => sum + statSync(join(plan.directory, path)).size, 0);
}

await until(() => tracking.stats().journal?.state === 'open' && !tracking.stats().journal!.recovering);
const found = lane().dead;
for (let n = 1; n <= plan.letters; n++) {
  tracking.track('Large', { text: `${n} `.padEnd(plan.bytes, 'x') }, { userId: 'u' });
  // A later success proves that the rejection was about the event.
  await until(() => lane().dead === found + n || (tracking.track('Small', {}, { userId: 'u' }), false));
}
await until(() => lane().pending === 0);
const { dead } = lane();
// A shutdown leaves letters that a slow disk has not written yet to the next process, as pending events.
await until(() => letterBytes() > dead * plan.bytes);
await app.close();

const setup = { files: nodeFiles, process: processIdentity(), now: () => Date.now() };
const reader = (await openReader(plan.directory, setup))!;
let listed = 0;
for await (const { json } of reader.deadLetters()) if (json.length > plan.bytes) listed++;
writeSync(1, `${JSON.stringify({ found, dead, listed })}\n`);
