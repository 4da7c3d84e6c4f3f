import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { LaneAccount } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from './absence.js';
import { isSameAccount, type Accounts } from './accounts.js';
import { checkPlace } from './trust.js';

/** In the journal's root: until when platforms asked not to be called, for all processes that use the directory. */
export const PAUSES_FILE = 'pauses.json';

const FORMAT = 1;

/** One account, and the wall clock's time until which its platform wants no request, in epoch milliseconds. */
interface Pause {
  readonly account: LaneAccount;
  readonly until: number;
}

/** What `Retry-After` asked for, kept for the processes that come after this one. A file that cannot be used keeps nothing. */
export class Pauses {
  readonly #path: string;
  readonly #ours = new Map<string, Pause>();
  #isDirty = false;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly files: Files,
    private readonly directory: string,
    private readonly accounts: Accounts,
    private readonly clock: Clock,
  ) {
    this.#path = join(directory, PAUSES_FILE);
  }

  /** The latest time for each lane that has one. Never rejects. */
  async read(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (const { account, until } of (await this.#kept().catch(() => undefined)) ?? []) {
      for (const [lane, own] of Object.entries(this.accounts)) {
        if (isSameAccount(account, own)) found.set(lane, Math.max(found.get(lane) ?? 0, until));
      }
    }
    return found;
  }

  /** Writes in the background, one write at a time. */
  keep(lane: string, until: number): void {
    const account = this.accounts[lane];
    if (account === undefined) return;
    this.#ours.set(lane, { account, until });
    this.#isDirty = true;
    this.#writing ??= detached(() => this.#write());
  }

  /** Resolves once everything is written that can be. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false;
      try {
        const others = await this.#kept();
        // It is damaged, or of a later version: not ours to replace.
        if (others === undefined) continue;
        const now = this.clock.now();
        const pauses: Pause[] = [];
        for (const pause of [...others, ...this.#ours.values()].toSorted((a, b) => b.until - a.until)) {
          const isLonger = !pauses.some(({ account }) => isSameAccount(account, pause.account));
          if (pause.until > now && isLonger) pauses.push(pause);
        }
        await this.files.makeFolder(this.directory);
        await this.files.writeText(this.#path, `${JSON.stringify({ format: FORMAT, pauses }, null, 2)}\n`);
      } catch {
        // The disk is rejecting writes: a restart then tries at once.
      }
    }
    this.#writing = undefined;
  }

  /** What is in the file; `undefined` where it is not one that we can read. */
  async #kept(): Promise<readonly Pause[] | undefined> {
    await checkPlace(this.files, this.directory);
    const text = await unlessAbsent(this.files.readText(this.#path));
    return text === undefined ? [] : pausesOf(text);
  }
}

function pausesOf(text: string): readonly Pause[] | undefined {
  try {
    const { format, pauses } = JSON.parse(text) as { format?: unknown; pauses?: unknown };
    return format === FORMAT && Array.isArray(pauses) && pauses.every(isPause) ? pauses : undefined;
  } catch {
    return undefined;
  }
}

function isPause(value: unknown): value is Pause {
  const { account, until } = (value ?? {}) as { account?: Partial<LaneAccount> | null; until?: unknown };
  return typeof until === 'number' && typeof account?.kind === 'string' && typeof account.key === 'string';
}
