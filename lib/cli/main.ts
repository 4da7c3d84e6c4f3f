#!/usr/bin/env node
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { runOffline } from '../buffer/journal/run-offline.js';
import { nodeFiles } from '../buffer/journal/files/node-files.js';
import { processIdentity } from '../buffer/journal/ownership/process-identity.js';
import { systemClock } from '../host/clock.js';
import { PACKAGE_VERSION } from '../host/package-version.js';
import { run } from './run.js';

const INTERRUPTIONS = ['SIGINT', 'SIGTERM'] as const;

/** The second signal finds no listener, and ends the process. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const interrupt = (): void => {
    for (const name of INTERRUPTIONS) process.off(name, interrupt);
    interrupted.abort();
  };
  for (const name of INTERRUPTIONS) process.on(name, interrupt);
  return interrupted.signal;
}

let loaded = false;

/** Output of the application during its import is not a result of the command. */
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
    files: nodeFiles,
    process: processIdentity(),
    clock: systemClock,
    runOffline,
    load,
  },
  PACKAGE_VERSION,
).then((code) => {
  process.exitCode = code;
  // Resources that the application opened during its import would keep the process alive.
  if (loaded) process.stdout.write('', () => process.exit(code));
});
