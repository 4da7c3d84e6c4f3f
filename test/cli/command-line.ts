import { PassThrough, Writable } from 'node:stream';
import { nodeFiles } from '../../lib/buffer/journal/files/node-files.js';
import { processIdentity } from '../../lib/buffer/journal/ownership/process-identity.js';
import { runOffline } from '../../lib/buffer/journal/run-offline.js';
import { run } from '../../lib/cli/run.js';
import type { Services } from '../../lib/cli/session.js';
import { systemClock } from '../../lib/host/clock.js';

/** The output and the exit code of a command line. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly env?: Record<string, string>;
  readonly columns?: number;
  /** The user's answer on a terminal. */
  readonly typed?: string;
  readonly runOffline?: Services['runOffline'];
  readonly signal?: AbortSignal;
  /** Called with everything that is written to stdout. */
  readonly onOut?: (text: string) => void;
  /** The same for stderr. */
  readonly onErr?: (text: string) => void;
  readonly now?: number;
}

class Screen extends Writable {
  text = '';
  isTTY = false;
  columns: number | undefined;

  constructor(private readonly onText: (text: string) => void = () => {}) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    this.onText(String(chunk));
    done();
  }
}

/** Runs a command line in this process. */
export async function commandLine(argv: readonly string[], around: Around = {}): Promise<Ended> {
  const stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  const stdout = new Screen(around.onOut);
  const stderr = new Screen(around.onErr);
  if (around.columns !== undefined) {
    stdout.isTTY = true;
    stdout.columns = around.columns;
  }
  if (around.typed !== undefined) {
    stdin.isTTY = true;
    stderr.isTTY = true;
    stdin.write(around.typed);
  }
  const { now } = around;
  const code = await run(
    argv,
    {
      stdin,
      stdout,
      stderr,
      env: around.env ?? {},
      interruption: () => around.signal ?? new AbortController().signal,
    },
    {
      files: nodeFiles,
      process: processIdentity(),
      clock: now === undefined ? systemClock : { ...systemClock, now: () => now },
      runOffline: around.runOffline ?? runOffline,
      load: () => Promise.resolve({}),
    },
    '1.2.3',
  );
  stdin.end();
  return { code, out: stdout.text, err: stderr.text };
}

/** The objects of JSON lines. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
