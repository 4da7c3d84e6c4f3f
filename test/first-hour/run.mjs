#!/usr/bin/env node
/**
 * Plays the first hour of a new user: packs the library, makes applications with `nest new`, and does with them what README
 * and docs/ say. The blocks are read from the pages; nothing of them is repeated here. Usage:
 * node test/first-hour/run.mjs [--tarball <file>] [--keep]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application } from './application.mjs';
import { clone, configuration, install, quickStart } from './play.mjs';
import { killAll, run } from './processes.mjs';
import { tryIt } from './try-it.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({ options: { tarball: { type: 'string' }, keep: { type: 'boolean' } } });
const scratch = mkdtempSync(join(tmpdir(), 'nestjs-tracking-first-hour-'));
const began = performance.now();
/** Less than the matrix waits. */
const LIMIT_MS = 570_000;
const CLI = { 11: 'npx --yes @nestjs/cli@11', 12: join(root, 'node_modules/.bin/nest') };

// Ends its processes, which the matrix would leave behind.
setTimeout(() => {
  console.error(`did not finish within ${LIMIT_MS} ms`);
  process.exit(1);
}, LIMIT_MS).unref();

try {
  const tarball = values.tarball ?? (await pack());
  // Installing waits for the network, and the rest for processes: two at a time are faster than one after the other.
  const played = await Promise.allSettled([play(11, tarball), play(12, tarball)]);
  const last = await Promise.allSettled([clone(root, join(scratch, 'sample'), report('clone'))]);
  const failures = [...played, ...last].filter(({ status }) => status === 'rejected');
  for (const { reason } of failures) console.error(reason);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  killAll();
  if (values.keep) console.log(`kept ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
console.log(process.exitCode === 0 ? 'done' : 'FAILED');
// A process of a scaffolded application may have left one that keeps a pipe open.
process.exit();

async function pack() {
  await run(root, 'npm run build --silent');
  const out = await run(
    root,
    `npm pack --json --ignore-scripts --loglevel=error --pack-destination ${scratch}`,
  );
  return join(scratch, JSON.parse(out)[0].filename);
}

async function play(major, tarball) {
  const say = report(`Nest ${major}`);
  const application = await Application.scaffold(CLI[major], join(scratch, `shop-${major}`), major);
  say('nest new');
  await install(application);
  say('npm install');
  await tryIt(application, tarball, say);
  await quickStart(application, say);
  await configuration(application, say);
}

function report(who) {
  return (what) =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${who}: ${what}`);
}
