import { join } from 'node:path';
import { epochMs } from '../../../event/event-time.js';
import type { LaneTrouble } from '../../../event/last-refusal.js';
import type { Clock } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Log } from '../../../host/log.js';
import type { LaneAccount } from '../../event-buffer.js';
import { diskCodeOf } from '../files/absence.js';
import type { Files } from '../files/files.js';
import { readJsonFile, writeJsonFile } from '../files/json-file.js';
import { hasShape, isNumber, isText, listOf, type Check, type Shape } from '../format/shape.js';
import { isAccount, isSameAccount, type Accounts } from './accounts.js';
import { checkPlace, deniedOf, type OnDenied } from './denied.js';

/** In the journal's root: pauses and troubles of the platforms, by account, for all processes that use the directory. */
const PAUSES_FILE = 'pauses.json';
const FORMAT = 1;

/** The trouble of an account that no process has had for this long is deleted. */
const TROUBLE_MS = 30 * 86_400_000;

/** One account, and the wall clock's time until which its platform wants no request, in epoch milliseconds. */
interface Pause {
  readonly account: LaneAccount;
  readonly until: number;
}

/** Why the lane of an account does not deliver, as of `at`, in epoch milliseconds. */
export interface AccountTrouble extends LaneTrouble {
  readonly account: LaneAccount;
  readonly at: number;
}

interface Content {
  readonly pauses: readonly Pause[];
  readonly troubles: readonly AccountTrouble[];
}

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
    const kept = await this.#kept().catch((error: unknown) => this.#failed('reading', error));
    for (const [lane, own] of Object.entries(this.accounts)) {
      for (const { account, until } of kept?.pauses ?? []) {
        if (isSameAccount(account, own)) found.set(lane, Math.max(found.get(lane) ?? 0, until));
      }
      if (kept?.troubles.some(({ account }) => isSameAccount(account, own))) this.#troubled.add(lane);
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

  #merged(others: Content): object {
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
    return { format: FORMAT, pauses, ...(troubles.length > 0 && { troubles }) };
  }

  /** The content of the file; `undefined` if it is damaged, or of a later version. */
  async #kept(): Promise<Content | undefined> {
    await checkPlace(this.files, this.directory);
    return readContent(this.files, this.#path);
  }
}

/** The stored reasons why lanes do not deliver. */
export async function troublesIn(
  files: Files,
  directory: string,
  onDenied: OnDenied,
): Promise<readonly AccountTrouble[]> {
  const path = join(directory, PAUSES_FILE);
  try {
    return (await readContent(files, path))?.troubles ?? [];
  } catch (error) {
    const denied = await deniedOf(files, path, error);
    if (denied !== undefined) onDenied(denied);
    return [];
  }
}

/** `undefined` for the content of a damaged file, or of a later version's. A trouble that cannot be read is left out. */
async function readContent(files: Files, path: string): Promise<Content | undefined> {
  const file = (await readJsonFile(files, path)) ?? { format: FORMAT, pauses: [] };
  if (!hasShape(file, FILE)) return undefined;
  const { pauses, troubles } = file as { pauses: readonly Pause[]; troubles?: unknown };
  return { pauses, troubles: Array.isArray(troubles) ? troubles.filter(isTrouble) : [] };
}

/** A number that a date can hold: the command line shows it as one. */
const isTime: Check = (value) => isNumber(value) && !Number.isNaN(epochMs(value));
const orNull =
  (shape: Shape): Check =>
  (value) =>
    value === null || hasShape(value, shape);

const PAUSE: Shape = { account: isAccount, until: isNumber };
const FILE: Shape = {
  format: (value) => value === FORMAT,
  pauses: listOf((one) => hasShape(one, PAUSE)),
};
const TROUBLE: Shape = {
  account: isAccount,
  at: isTime,
  parked: orNull({ reason: isText, at: isTime }),
  lastRefusal: orNull({ status: isNumber, count: isNumber, at: isTime, reason: isText, answer: isText }),
};
const isTrouble = (value: unknown): value is AccountTrouble => hasShape(value, TROUBLE);
