import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll } from './child.js';
import { runDemo } from './run-demo.js';
import { DEADLINE_MS } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-tracking-demo-'));

// Everything that runs is a child of this process: whatever ends it, they end with it, and leave nothing behind.
process.once('exit', () => {
  killAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
process.once('SIGINT', () => giveUp('Interrupted.', 130));
process.once('SIGTERM', () => giveUp('Told to stop.', 143));
setTimeout(() => giveUp(`Not done after ${DEADLINE_MS / 1_000} s.`, 1), DEADLINE_MS).unref();

const seed = Number(process.env['DEMO_SEED'] ?? randomInt(2 ** 31));
const agrees = await runDemo(seed, folder).catch((error: unknown) =>
  giveUp(error instanceof Error ? error.message : String(error), 1),
);
process.exitCode = agrees ? 0 : 1;

function giveUp(why: string, code: number): never {
  console.error(`\n${why}`);
  process.exit(code);
}
