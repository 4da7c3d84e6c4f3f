import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const LAST_LINES = 40;
const STARTING_MS = 30_000;

export interface Child {
  readonly name: string;
  readonly url: string;
  /** The last lines of its output. */
  readonly lines: readonly string[];
  /** Sends SIGTERM. False when it had to be killed, or exited with an error. */
  stop(withinMs: number): Promise<boolean>;
  /** Sends SIGKILL: no handler, no drain, no last write. */
  kill(): Promise<void>;
}

/** All running children, so that none outlives this process. */
const running = new Set<ChildProcess>();

export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Runs a script with options as a process of its own, and waits for the line with its address. Detached, so that Ctrl-C reaches only
 * the parent, which stops its children in the right order.
 */
export async function startChild(
  name: string,
  [script, ...options]: readonly [script: string, ...options: string[]],
  env: NodeJS.ProcessEnv,
  addressLine: RegExp,
): Promise<Child> {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', import.meta.resolve('./die-with-parent.js'), script, ...options],
    { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
  );
  running.add(child);
  // Not `exit`: its last lines may arrive later.
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });

  const lines: string[] = [];
  let found: (url: string) => void;
  const address = new Promise<string>((resolve) => (found = resolve));
  for (const output of [child.stdout!, child.stderr!]) {
    createInterface(output).on('line', (line) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      const url = addressLine.exec(line)?.[1];
      if (url) found(url);
    });
  }

  const late = setTimeout(() => child.kill('SIGKILL'), STARTING_MS);
  const url = await Promise.race([address, closed.then(() => undefined)]);
  clearTimeout(late);
  if (url === undefined) throw new Error(`${name} did not start. Its output:\n${lines.join('\n')}`);

  let stopping = false;
  void closed.then((code) => {
    if (!stopping)
      console.error(`\n${name} exited unexpectedly (code ${code}). Its last output:\n${lines.join('\n')}`);
  });
  return {
    name,
    url,
    lines,
    async stop(withinMs) {
      stopping = true;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), withinMs);
      const code = await closed;
      clearTimeout(force);
      return code === 0;
    },
    async kill() {
      stopping = true;
      child.kill('SIGKILL');
      await closed;
    },
  };
}
