import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { visibleLines, visibleText } from '../host/visible-text.js';
import { cliMessages } from './cli.messages.js';
import { safeJson } from './output/safe-text.js';

type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The process's streams and environment, replaceable in tests. */
export interface World {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted on Ctrl-C and SIGTERM. After the call, the first of them does not end the process. */
  interruption(): AbortSignal;
}

/** The reader of the output closed it, as `head` does; a normal end. */
export class OutputClosed extends Error {}

/** Writes results to stdout and all else to stderr, and detects a closed output. */
export class Terminal {
  #failure: NodeJS.ErrnoException | undefined;

  constructor(private readonly world: World) {
    world.stdout.on('error', (error) => {
      this.#failure = error;
    });
    // If stderr is closed, no output is left to report it.
    world.stderr.on('error', () => {});
  }

  get env(): World['env'] {
    return this.world.env;
  }

  /** For a command that runs until Ctrl-C or SIGTERM. */
  interruption(): AbortSignal {
    return this.world.interruption();
  }

  /** Whether stdout is a terminal. */
  get isScreen(): boolean {
    return this.world.stdout.isTTY === true;
  }

  /** Whether the user can be asked. */
  get canAsk(): boolean {
    return this.world.stdin.isTTY === true && this.world.stderr.isTTY === true;
  }

  /** Whether a line of stderr can be replaced. */
  get canRedraw(): boolean {
    return this.world.stderr.isTTY === true && this.world.env['TERM'] !== 'dumb';
  }

  /** `NO_COLOR` counts when it is not empty, as https://no-color.org says. */
  get hasColour(): boolean {
    const { env } = this.world;
    return this.isScreen && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** Width of the screen; without one, tables are not cut. */
  get columns(): number {
    return this.isScreen ? (this.world.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /**
   * Writes a part of the result, and waits for a slow reader, so that no output accumulates. Control characters are escaped on
   * a terminal; a file or a pipe gets the result unchanged.
   *
   * @throws OutputClosed
   */
  async write(text: string): Promise<void> {
    const { stdout } = this.world;
    this.#checkOutput();
    if (!stdout.write(this.isScreen ? visibleLines(text) : text)) await drained(stdout);
    this.#checkOutput();
  }

  async writeJson(value: unknown, indent?: number): Promise<void> {
    await this.write(`${safeJson(value, indent)}\n`);
  }

  /** Writes a line to stderr. */
  tell(line: string): void {
    this.world.stderr.write(`${visibleLines(line)}\n`);
  }

  /** Replaces the last line of stderr; '' removes it. */
  redraw(line: string): void {
    this.world.stderr.write(`\r\u001B[2K${line}`);
  }

  /** Asks a question; true for `y` and `yes`. */
  async agrees(question: string): Promise<boolean> {
    const asking = createInterface({ input: this.world.stdin, output: this.world.stderr });
    // Ctrl-C, or the end of the input: without this, the question would stay pending for ever.
    const closed = once(asking, 'close').then(() => '');
    asking.once('SIGINT', () => asking.close());
    const answer = await Promise.race([asking.question(`${visibleText(question)} [y/N] `), closed]);
    asking.close();
    return /^y(es)?$/i.test(answer.trim());
  }

  #checkOutput(): void {
    const failure = this.#failure;
    if (failure !== undefined && failure.code !== 'EPIPE') {
      throw new Error(cliMessages.outputFailed(failure.code ?? failure.message));
    }
    if (failure !== undefined || this.world.stdout.destroyed) throw new OutputClosed();
  }
}

async function drained(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'error', 'finish'];
    const done = (): void => {
      for (const name of events) stream.off(name, done);
      resolve();
    };
    for (const name of events) stream.on(name, done);
  });
}
