import { spawn } from 'node:child_process';
import { childProgram } from './child-program.js';
import type { Platform } from './platforms.js';

/** The task of an application in a child process. */
export interface ChildPlan {
  readonly platform: Platform['name'];
  readonly url: string;
  readonly events: number;
  /** Whether it lives until a signal ends it, and closes in order then. */
  readonly shutdownHooks: boolean;
}

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A real process with a Nest application in it. */
export class ChildApplication {
  readonly tracked: Promise<void>;
  readonly ended: Promise<ChildEnd>;
  readonly #child;

  constructor(plan: ChildPlan) {
    this.#child = spawn(process.execPath, [childProgram('child/application.ts'), JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    });
    let output = '';
    let tellTracked = (): void => undefined;
    const tracked = new Promise<void>((resolve) => (tellTracked = resolve));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('tracked\n')) tellTracked();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal, output }));
    });
    this.tracked = Promise.race([
      tracked,
      this.ended.then(({ output: said }) => {
        if (!said.includes('tracked\n')) throw new Error(`it ended before it had tracked:\n${said}`);
      }),
    ]);
  }

  /** Sends SIGTERM, as an orchestrator does. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Kills it if it still runs, so that no test leaves a process behind. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
