import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { JournalOptions } from '../../lib/buffer/journal/options/journal-options.js';
import type { TrackingStats } from '../../lib/observe/stats.js';
import { childProgram } from './child-program.js';
import type { Platform } from './platforms.js';

export interface JournalLane {
  readonly platform?: Platform['name'];
  /** For any other platform, the server's. */
  readonly url: string;
  readonly secret?: string;
  readonly concurrency?: number;
}

/** The task of an application with a journal in a child process. */
export interface JournalPlan {
  readonly journal: JournalOptions;
  /** Its destinations by name; a webhook if no platform is named. */
  readonly lanes: Readonly<Record<string, JournalLane>>;
  /** The number of its first event. */
  readonly firstNumber?: number;
  /** From its start on, a mixture of calls. */
  readonly load?: { readonly perTick: number; readonly everyMs: number };
  readonly maxEvents?: number;
  readonly timeoutMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly shutdownMs?: number;
  readonly shutdownHooks?: boolean;
  readonly quiet?: boolean;
}

/** Its commands. */
export type JournalCommand =
  | { readonly do: 'track' | 'record'; readonly count: number }
  | { readonly do: 'identify'; readonly userId: string; readonly traits: object }
  /** `rest`: the load ends. */
  | { readonly do: 'stats' | 'rest' | 'close' }
  /** Tracks the given number of events, and ends the process in the same turn of its event loop, or by an error in the next. */
  | { readonly do: 'exit' | 'throw'; readonly track: number }
  /** Ends a worker of a cluster. */
  | { readonly do: 'kill' }
  /** Records keyed orders again. */
  | { readonly do: 'repeat'; readonly numbers: readonly number[] };

export interface JournalAnswer {
  readonly id: number;
  readonly value: unknown;
}

/** How its process ended. */
export interface JournalChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with an application and a journal, for its parent. */
export class JournalChild {
  /** Numbers that it was about to record, by range. */
  readonly offered: [from: number, to: number][] = [];
  /** The numbers by the state with which their `record()` resolved. */
  readonly said = new Map<string, number[]>();
  /** Its console output. */
  output = '';
  readonly ready: Promise<void>;
  readonly ended: Promise<JournalChildEnd>;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (value: unknown) => void>();
  /** Called by command when all reports before its answer are read. */
  readonly #reports = new Map<number, () => void>();
  #asked = 0;

  /**
   * @param workers the size of a cluster, which is ready when all workers are
   * @param env additional variables of its environment
   * @param user the user of the process; default: the current one
   */
  constructor(
    plan: JournalPlan,
    workers = 0,
    env: Readonly<Record<string, string>> = {},
    user: Pick<SpawnOptions, 'uid' | 'gid'> = {},
  ) {
    const program = childProgram('child/journal-application.ts');
    const started = workers > 0 ? [childProgram('child/journal-cluster.ts'), program] : [program];
    this.#child = spawn(process.execPath, [...started, JSON.stringify(plan), String(workers)], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      ...user,
    });
    const { stdout, stderr, stdio } = this.#child;
    for (const stream of [stdout!, stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    let tellReady = (): void => undefined;
    const ready = new Promise<void>((resolve) => (tellReady = resolve));
    let rest = '';
    let awaited = Math.max(workers, 1);
    (stdio[3] as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith('ready ')) this.#take(line);
        else if (--awaited === 0) tellReady();
      }
    });
    this.#child.on('message', ({ id, value }: JournalAnswer) => this.#answers.get(id)?.(value));
    this.#child.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.ready = this.#unlessEnded(ready, 'it was ready');
    this.ready.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The numbers whose `record()` resolved as committed. */
  get committed(): readonly number[] {
    return this.said.get('committed') ?? [];
  }

  /** @param worker of a cluster, from 1 */
  ask(command: JournalCommand, worker?: number): Promise<unknown> {
    const id = ++this.#asked;
    const answer = new Promise((resolve) => this.#answers.set(id, resolve));
    const reported = new Promise<void>((resolve) => this.#reports.set(id, resolve));
    const told = { ...command, id, worker };
    this.tell(told);
    const both = Promise.all([answer, reported]).then(([value]) => value);
    return this.#unlessEnded(both, `it did '${command.do}'`);
  }

  /** Does not wait for an answer, which may never come. */
  tell(command: JournalCommand): void {
    this.#child.send(command, () => undefined);
  }

  async stats(worker?: number): Promise<TrackingStats> {
    return ((await this.ask({ do: 'stats' }, worker)) as { stats: TrackingStats }).stats;
  }

  async rss(): Promise<number> {
    return ((await this.ask({ do: 'stats' })) as { rss: number }).rss;
  }

  /** Resolves when its statistics meet a condition. */
  async until(goal: (stats: TrackingStats) => boolean, worker?: number): Promise<TrackingStats> {
    for (;;) {
      const stats = await this.stats(worker);
      if (goal(stats)) return stats;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when no event is pending in any lane and the backlog is read. */
  idle(): Promise<TrackingStats> {
    return this.until(
      ({ lanes, journal }) =>
        journal?.recovering === false && Object.values(lanes).every(({ pending }) => pending === 0),
    );
  }

  /** Sends a signal. After SIGKILL it waits for the end. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  #take(line: string): void {
    const [word, from, to] = line.split(' ');
    if (word === 'answered') {
      this.#reports.get(Number(from))?.();
      return;
    }
    if (word === 'offered') {
      this.offered.push([Number(from), Number(to)]);
      return;
    }
    const numbers = this.said.get(word!) ?? [];
    numbers.push(Number(from));
    this.said.set(word!, numbers);
  }

  #unlessEnded<T>(promise: Promise<T>, what: string): Promise<T> {
    return Promise.race([
      promise,
      this.ended.then(({ code, signal }) => {
        throw new Error(`it ended (${code ?? signal}) before ${what}:\n${this.output}`);
      }),
    ]);
  }
}
