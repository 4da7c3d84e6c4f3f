import type { JournalOptions } from '../../lib/buffer/journal/options/journal-options.js';
import { JournalChild } from './journal-child.js';
import { writtenEvents } from './journal-files.js';
import { MisbehavingServer } from './misbehaving-server.js';
import type { Behaviour } from './misbehaving-server.js';

/** The options of a run. */
export interface KillRunOptions {
  /** How often the process is killed. */
  readonly kills: number;
  /** The seed of all random decisions. */
  readonly seed: number;
  /** An empty directory for the journal. */
  readonly directory: string;
  /** Called after each kill. */
  readonly onKill?: (kills: number, report: KillReport) => void;
}

/** The result of a run. Lists of events contain their numbers. */
export interface KillReport {
  readonly seed: number;
  kills: number;
  /** Kills before the application was ready. */
  killedAtStart: number;
  /** The announced calls: the upper bound of real calls. */
  offered: number;
  /** Events whose `record()` resolved as committed. */
  confirmed: number;
  /** Events that were in the journal's files when the process was killed. */
  written: number;
  /** Different events at the collector. */
  arrived: number;
  /** Arrivals of events that had arrived before, under the same id. */
  repeated: number;
  /** Keyed orders that were recorded again by the next process. */
  keysTried: number;
  /** Events that were confirmed or written, and never arrived. */
  lost: number[];
  /** Events that arrived under two ids. */
  doubled: number[];
  /** Events that arrived although no process recorded them. */
  invented: number[];
  /** Confirmed keyed orders of an earlier process whose repetition was not recognised. */
  forgotten: string[];
  /** Lines that could not be read. */
  damaged: number;
  /** Events that were sent again after everything had been delivered and the application was closed in order. */
  resurrected: number;
}

/** The first number of one process. */
const PER_LIFE = 1_000_000;
const LOAD = { perTick: 5, everyMs: 10 };

/**
 * Kills an application repeatedly while it records events and a collector misbehaves, and returns the events that arrived.
 */
export async function killRun(options: KillRunOptions): Promise<KillReport> {
  const run = new KillRun(options);
  try {
    return await run.run();
  } finally {
    await run.end();
  }
}

class KillRun {
  readonly #report: KillReport;
  readonly #random: () => number;
  readonly #must = new Set<number>();
  readonly #offered: [from: number, to: number][] = [];
  #server!: MisbehavingServer;
  #child: JournalChild | undefined;
  #keyed: number[] = [];

  constructor(private readonly options: KillRunOptions) {
    this.#random = randomOf(options.seed);
    this.#report = {
      seed: options.seed,
      kills: 0,
      killedAtStart: 0,
      offered: 0,
      confirmed: 0,
      written: 0,
      arrived: 0,
      repeated: 0,
      keysTried: 0,
      lost: [],
      doubled: [],
      invented: [],
      forgotten: [],
      damaged: 0,
      resurrected: 0,
    };
  }

  async run(): Promise<KillReport> {
    const { kills, onKill } = this.options;
    this.#server = await MisbehavingServer.start();
    this.#server.behave(() => this.#mood());
    while (this.#report.kills < kills) {
      await this.#live();
      onKill?.(this.#report.kills, this.#report);
    }
    await this.#drain();
    this.#count();
    return this.#report;
  }

  async end(): Promise<void> {
    await this.#child?.kill();
    await this.#server?.close();
  }

  /** Runs one process until it is killed. */
  async #live(): Promise<void> {
    const child = this.#start(this.#report.kills + 1, LOAD);
    if (this.#random() < 0.15) {
      await Promise.race([child.ready, pause(this.#random() * 1_500)]);
      this.#report.killedAtStart++;
    } else {
      await child.ready;
      const keyed = this.#keyed.slice(-20);
      if (keyed.length > 0) child.tell({ do: 'repeat', numbers: keyed });
      await pause(this.#random() ** 2 * 500);
    }
    await child.kill();
    this.#report.kills++;
    this.#take(child);
    for (const { n } of writtenEvents(this.options.directory)) {
      if (!this.#must.has(n)) this.#report.written++;
      this.#must.add(n);
    }
  }

  #start(life: number, load: typeof LOAD | undefined): JournalChild {
    const random = this.#random;
    const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const journal: JournalOptions = {
      directory: this.options.directory,
      fsync: pick('group', 'group', 'off'),
      segmentBytes: pick(65_536, 65_536, 262_144, 16_777_216),
      retain: pick({ days: 7 }, { days: 0, bytes: 0 }, { days: 7, bytes: 200_000 }),
      leaseMs: 1_000,
    };
    this.#child = new JournalChild({
      journal,
      lanes: { webhook: { url: `${this.#server.url}/events` } },
      firstNumber: life * PER_LIFE,
      ...(load !== undefined && { load }),
      timeoutMs: 500,
    });
    return this.#child;
  }

  /** The reports of the last process before it was killed. */
  #take(child: JournalChild): void {
    const { said, offered, committed } = child;
    this.#offered.push(...offered);
    for (const [from, to] of offered) this.#report.offered += to - from + 1;
    for (const n of committed) {
      this.#must.add(n);
      if (n % 5 === 1) this.#keyed.push(n);
    }
    this.#report.confirmed += committed.length;
    for (const [state, numbers] of said) {
      if (!state.startsWith('again-')) continue;
      this.#report.keysTried += numbers.length;
      if (state === 'again-duplicate') continue;
      const life = this.#report.kills;
      this.#report.forgotten.push(...numbers.map((n) => `${n} in life ${life}: ${state}`));
    }
  }

  /** The last process has all the time that it needs; the one after it must find no pending event. */
  async #drain(): Promise<void> {
    this.#server.behave(200);
    const last = this.#start(this.#report.kills + 1, undefined);
    await last.ready;
    const { journal } = await last.idle();
    this.#report.damaged += journal!.damaged;
    await last.ask({ do: 'close' });
    await last.kill();
    this.#take(last);
    const after = this.#start(this.#report.kills + 2, undefined);
    await after.ready;
    const { lanes } = await after.idle();
    this.#report.resurrected = lanes['webhook']!.recovered + lanes['webhook']!.adopted;
    await after.kill();
  }

  #count(): void {
    const report = this.#report;
    const ids = new Map<number, string>();
    for (const { id, n } of this.#server.stored) {
      const known = ids.get(n);
      if (known === undefined) ids.set(n, id);
      else if (known === id) report.repeated++;
      else report.doubled.push(n);
    }
    report.arrived = ids.size;
    report.lost.push(...[...this.#must].filter((n) => !ids.has(n)));
    const starts = new Map(this.#offered.map(([from, to]) => [Math.floor(from / PER_LIFE), [from, to]]));
    for (const [from, to] of this.#offered) {
      const life = starts.get(Math.floor(from / PER_LIFE))!;
      life[0] = Math.min(life[0]!, from);
      life[1] = Math.max(life[1]!, to);
    }
    report.invented.push(
      ...[...ids.keys()].filter((n) => {
        const life = starts.get(Math.floor(n / PER_LIFE));
        return life === undefined || n < life[0]! || n > life[1]!;
      }),
    );
  }

  #mood(): Behaviour {
    const chance = this.#random();
    if (chance < 0.7) return 200;
    if (chance < 0.8) return 500;
    if (chance < 0.86) return 'reset';
    if (chance < 0.93) return 'storeThenCut';
    if (chance < 0.96) return { status: 200, body: '{"received": tr', cut: true };
    setTimeout(() => this.#server.release(200, 1), 150);
    return 'hang';
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same numbers for the same seed, from 0 to below 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
