#!/usr/bin/env node
import { readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
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

let loaded = false;

/** What an application writes while it is imported is no result of ours. */
async function load(path: string): Promise<object> {
  loaded = true;
  const { stdout, stderr } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as object;
  } finally {
    if (own === undefined) Reflect.deleteProperty(stdout, 'write');
    else Object.defineProperty(stdout, 'write', own);
  }
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
    load,
  },
  version(),
).then((code) => {
  process.exitCode = code;
  // What an application opens when it is imported would hold the process, and nobody is there to close it.
  if (loaded) process.stdout.write('', () => process.exit(code));
});
