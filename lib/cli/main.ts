#!/usr/bin/env node
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { runOffline } from '../buffer/journal/commands/run-offline.js';
import { nodeFiles } from '../buffer/journal/files/node-files.js';
import { processIdentity } from '../buffer/journal/ownership/process-identity.js';
import { systemClock } from '../host/clock.js';
import { run } from './run.js';

/** Stands in `dist/esm/cli`; npm calls it by a link. */
function version(): string {
  try {
    const manifest = join(realpathSync(process.argv[1] ?? ''), '../../../../package.json');
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

/** A second Ctrl-C finds no listener and ends the process, whatever it does. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return interrupted.signal;
}

const machine = { files: nodeFiles, process: processIdentity(), clock: systemClock };

void run(
  process.argv.slice(2),
  {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    interruption,
  },
  {
    ...machine,
    runOffline: async (directory, command, onProgress) =>
      await runOffline(machine, directory, command, onProgress),
  },
  version(),
).then((code) => {
  process.exitCode = code;
});
