import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll } from './child.js';
import { runDemo } from './run-demo.js';
import { DEADLINE_MS } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-tracking-demo-'));

// All processes are children of this one: they end with it, and its folder is removed.
process.once('exit', () => {
  killAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
process.once('SIGINT', () => giveUp('Interrupted.', 130));
process.once('SIGTERM', () => giveUp('Stopped by SIGTERM.', 143));
setTimeout(
  () => giveUp(`The demo did not finish within ${DEADLINE_MS / 1_000} s and was stopped.`, 1),
  DEADLINE_MS,
).unref();

const agrees = await runDemo({
  seed: Number(process.env['DEMO_SEED'] ?? randomInt(2 ** 31)),
  folder,
  details: process.env['DEMO_DETAILS'] === 'true',
}).catch((error: unknown) => giveUp(error instanceof Error ? error.message : String(error), 1));
process.exitCode = agrees ? 0 : 1;

function giveUp(why: string, code: number): never {
  console.error(`\n${why}`);
  process.exit(code);
}
