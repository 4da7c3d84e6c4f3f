import { dirname, join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { LaneAccount } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { codeOf, unlessAbsent } from './absence.js';
import { isGroup } from './group.js';
import { CLOSED_FILE, OWNER_FILE, writeClosed, writeOwner } from './owner-file.js';
import { ownerId, parseFolderName, unbornName } from './owner-id.js';
import type { ProcessIdentity } from './process-identity.js';
import { checkPlace } from './trust.js';

/**
 * Whether a folder still is its owner's. `taken`: another process holds it, or held it, and sends what is in it. `gone`:
 * it is no longer there and nobody has it. In both cases the folders that its owner had taken over are lost with it.
 */
export type Ownership = 'ours' | 'taken' | 'gone';

/** Where a journal lives, and what it says of itself. */
export interface Residence {
  readonly files: Files;
  readonly clock: Clock;
  readonly process: ProcessIdentity;
  /** What the application configured. */
  readonly directory: string;
  /** See `groupOf`. */
  readonly group: string;
  readonly accounts: Readonly<Record<string, LaneAccount>>;
  readonly leaseMs: number;
}

/** A moment on both clocks: the monotonic one may stand still while the machine sleeps, the other may jump. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** The folder of one opened journal, from the side of its owner. */
export class OwnerFolder {
  readonly path: string;
  #taken = false;
  /** When the last heartbeat that found the folder ours began. */
  #beat: Moment;

  private constructor(
    private readonly residence: Residence,
    readonly owner: string,
    private readonly ownerText: string,
    private readonly inode: number,
    beat: Moment,
  ) {
    this.path = join(residence.directory, residence.group, owner);
    this.#beat = beat;
  }

  /** Makes the folder. It appears under its name once it is complete, so nobody takes a newborn for an orphan. */
  static async create(residence: Residence): Promise<OwnerFolder> {
    const { files, clock, process, directory, group, accounts, leaseMs } = residence;
    const startedAt = clock.now();
    const owner = ownerId(startedAt, process.self.pid);
    const text = writeOwner({
      owner,
      group,
      process: process.self,
      startedAt: new Date(startedAt).toISOString(),
      lanes: accounts,
      leaseMs,
    });
    const home = join(directory, group);
    const unborn = join(home, unbornName(owner));
    const path = join(home, owner);
    await checkPlace(files, directory);
    await checkPlace(files, home);
    await files.makeFolder(unborn);
    await files.makeFolder(join(unborn, 'inbox'));
    await files.makeFolder(join(unborn, 'outbox'));
    const beat = momentOf(clock);
    await files.writeText(join(unborn, OWNER_FILE), text);
    await files.syncFolder(unborn);
    await files.rename(unborn, path);
    await files.syncFolder(home);
    await files.syncFolder(directory);
    // The directory may be new itself; the one above it may not be ours to open, and was there before us then.
    await files.syncFolder(dirname(directory)).catch((error: unknown) => {
      if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    });
    // After the rename: not every file system keeps the number over one.
    const { inode } = await files.facts(path);
    return new OwnerFolder(residence, owner, text, inode, beat);
  }

  /** Tells everybody that we live, then whether the folder still is ours. Rejects where the disk does not say. */
  async heartbeat(): Promise<Ownership> {
    if (this.#taken) return 'taken';
    const { files, clock } = this.residence;
    // From before the touch: we may be stopped at any point behind it.
    const beat = momentOf(clock);
    const file = join(this.path, OWNER_FILE);
    const touched = await unlessAbsent(files.touch(file).then(() => true));
    const ownership = await this.check();
    if (ownership !== 'ours') return ownership;
    // Somebody removed that file alone. Without it nobody could tell whether we live.
    if (touched === undefined) await files.writeText(file, this.ownerText);
    this.#beat = beat;
    return ownership;
  }

  /** Whether the folder is ours at this moment, which says nothing of the next. Rejects where the disk does not say. */
  async check(): Promise<Ownership> {
    if (this.#taken) return 'taken';
    const { files } = this.residence;
    const facts = await unlessAbsent(files.facts(this.path));
    if (facts?.inode === this.inode) {
      // Whoever took it and gave it back left it here, marked: the name and the number alone would tell nothing.
      const closed = await unlessAbsent(files.facts(join(this.path, CLOSED_FILE)));
      if (closed === undefined) return 'ours';
      this.#taken = true;
    } else if (await this.#isElsewhere()) this.#taken = true;
    return this.#taken ? 'taken' : 'gone';
  }

  /**
   * No heartbeat for half a lease: from here on others may soon take the folder, and nothing may be sent or confirmed
   * without a `check` before it.
   */
  get isLate(): boolean {
    const { clock, leaseMs } = this.residence;
    const { monotonic, wall } = momentOf(clock);
    return Math.max(monotonic - this.#beat.monotonic, Math.abs(wall - this.#beat.wall)) > leaseMs / 2;
  }

  /** Leaves the folder to whoever comes, at once. Where it is not ours any more there is nothing to leave. */
  async close(): Promise<void> {
    if ((await this.check()) !== 'ours') return;
    const { files, clock } = this.residence;
    await unlessAbsent(writeClosed(files, this.path, clock.now()));
  }

  /** Whether somebody has the folder under a name of theirs, in whichever group. */
  async #isElsewhere(): Promise<boolean> {
    const { files, directory } = this.residence;
    const groups = (await unlessAbsent(files.list(directory))) ?? [];
    for (const group of groups.filter(isGroup)) {
      const names = (await unlessAbsent(files.list(join(directory, group)))) ?? [];
      const has = names.some((name) => {
        const parsed = parseFolderName(name);
        return parsed?.state === 'born' && parsed.origin === this.owner;
      });
      if (has) return true;
    }
    return false;
  }
}

const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.now() });
