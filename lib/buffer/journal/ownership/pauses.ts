import { join } from 'node:path';
import type { LaneTrouble } from '../../../event/last-refusal.js';
import type { Clock } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { readJsonFile, writeJsonFile } from '../files/json-file.js';
import {
  pausesFileOf,
  PAUSES_FORMAT,
  type AccountTrouble,
  type Pause,
  type PausesFile,
} from './pauses-file.js';
import { diskCodeOf } from '../files/absence.js';
import { isSameAccount, type Accounts } from './accounts.js';
import { deniedOf, type OnDenied } from './denied.js';
import { checkPlace } from './trust.js';

/** In the journal's root: pauses and troubles of the platforms, by account, for all processes that use the directory. */
export const PAUSES_FILE = 'pauses.json';

/** The trouble of an account that no process has had for this long is deleted. */
const TROUBLE_MS = 30 * 86_400_000;

/**
 * Stores pauses that platforms asked for, for later processes, and the reasons why lanes do not deliver, for the command line.
 * A file that cannot be used stores nothing.
 */
export class Pauses {
  readonly #path: string;
  readonly #ours = new Map<string, Pause>();
  /** Not written yet; undefined: the lane delivers again. */
  readonly #troubles = new Map<string, AccountTrouble | undefined>();
  /** Lanes whose trouble is in the file, as far as known. */
  readonly #troubled = new Set<string>();
  #isDirty = false;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly files: Files,
    private readonly directory: string,
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#path = join(directory, PAUSES_FILE);
  }

  /** The latest time for each lane that has one. Never rejects. */
  async read(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const { pauses, troubles } =
      (await this.#kept().catch((error: unknown) => this.#failed('reading', error))) ?? NONE;
    for (const [lane, own] of Object.entries(this.accounts)) {
      for (const { account, until } of pauses) {
        if (isSameAccount(account, own)) found.set(lane, Math.max(found.get(lane) ?? 0, until));
      }
      if (troubles.some(({ account }) => isSameAccount(account, own))) this.#troubled.add(lane);
    }
    return found;
  }

  /** Writes in the background, one write at a time. */
  keep(lane: string, until: number): void {
    const account = this.accounts[lane];
    if (account === undefined) return;
    this.#ours.set(lane, { account, until });
    this.#write();
  }

  /** The same for the reason why a lane does not deliver; undefined: it delivers. */
  keepTrouble(lane: string, trouble: LaneTrouble | undefined): void {
    const account = this.accounts[lane];
    if (account === undefined || (trouble === undefined && !this.#troubled.has(lane))) return;
    this.#troubles.set(lane, trouble && { account, at: this.clock.now(), ...trouble });
    if (trouble === undefined) this.#troubled.delete(lane);
    else this.#troubled.add(lane);
    this.#write();
  }

  /** Resolves when the last write has ended. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #write(): void {
    this.#isDirty = true;
    this.#writing ??= detached(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false;
      try {
        const others = await this.#kept();
        // It is damaged, or of a later version: it is not replaced.
        if (others === undefined) continue;
        await this.files.makeFolder(this.directory);
        await writeJsonFile(this.files, this.#path, this.#merged(others));
      } catch (error) {
        this.#failed('writing', error);
      }
    }
    this.#writing = undefined;
  }

  /** If the disk fails, a process that starts does not know the pauses of earlier ones. */
  #failed(doing: string, error: unknown): undefined {
    if (diskCodeOf(error) === undefined) this.log.internalError(`${doing} ${PAUSES_FILE}`, error);
  }

  #merged(others: PausesFile): object {
    const now = this.clock.now();
    const pauses: Pause[] = [];
    for (const pause of [...others.pauses, ...this.#ours.values()].toSorted((a, b) => b.until - a.until)) {
      const isLonger = !pauses.some(({ account }) => isSameAccount(account, pause.account));
      if (pause.until > now && isLonger) pauses.push(pause);
    }
    const own = [...this.#troubles.keys()].map((lane) => this.accounts[lane]!);
    const troubles = [
      ...others.troubles.filter(
        ({ account, at }) => at > now - TROUBLE_MS && !own.some((ours) => isSameAccount(ours, account)),
      ),
      ...[...this.#troubles.values()].filter((trouble) => trouble !== undefined),
    ];
    return { format: PAUSES_FORMAT, pauses, ...(troubles.length > 0 && { troubles }) };
  }

  /** The content of the file; `undefined` if it is damaged, or of a later version. */
  async #kept(): Promise<PausesFile | undefined> {
    await checkPlace(this.files, this.directory);
    const file = await readJsonFile(this.files, this.#path);
    return file === undefined ? NONE : pausesFileOf(file);
  }
}

const NONE: PausesFile = { pauses: [], troubles: [] };

/** The stored reasons why lanes do not deliver. */
export async function troublesIn(
  files: Files,
  directory: string,
  onDenied: OnDenied,
): Promise<readonly AccountTrouble[]> {
  const path = join(directory, PAUSES_FILE);
  try {
    const file = await readJsonFile(files, path);
    return (file && pausesFileOf(file)?.troubles) ?? [];
  } catch (error) {
    const denied = await deniedOf(files, path, error);
    if (denied !== undefined) onDenied(denied);
    return [];
  }
}
