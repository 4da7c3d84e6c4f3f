import { dirname, join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { codeOf, unlessAbsent } from '../files/absence.js';
import { CLOSED_FILE, OWNER_FILE, writeClosed, writeOwner } from './owner-file.js';
import type { Accounts } from './accounts.js';
import { namesInGroups, ownerId, incompleteName } from './folder-names.js';
import type { ProcessIdentity } from './process-identity.js';
import { checkPlace } from './denied.js';

/**
 * Whether a folder still belongs to its owner. `taken`: another process has adopted it, and sends its events. `gone`: it does not
 * exist any more. In both cases the owner loses its adopted folders, too.
 */
export type Ownership = 'ours' | 'taken' | 'gone';

/** The place of a journal, and its facts for other processes. */
export interface Residence {
  readonly files: Files;
  readonly clock: Clock;
  readonly process: ProcessIdentity;
  readonly directory: string;
  readonly group: string;
  readonly accounts: Accounts;
  readonly leaseMs: number;
}

/** A moment on both clocks: the monotonic clock may stop while the machine sleeps, and the wall clock may jump. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export class OwnerFolder {
  readonly path: string;
  #taken = false;
  /** The start of the last successful heartbeat. */
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

  /** Creates the folder. It gets its name when it is complete, so that no process considers it abandoned. */
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
    const incomplete = join(home, incompleteName(owner));
    const path = join(home, owner);
    await checkPlace(files, directory);
    await checkPlace(files, home);
    await files.makeFolder(incomplete);
    await files.makeFolder(join(incomplete, 'inbox'));
    await files.makeFolder(join(incomplete, 'outbox'));
    const beat = momentOf(clock);
    await files.writeText(join(incomplete, OWNER_FILE), text);
    await files.syncFolder(incomplete);
    await files.rename(incomplete, path);
    await files.syncFolder(home);
    await files.syncFolder(directory);
    // The directory may be new. If the one above it cannot be opened, it existed before.
    await files.syncFolder(dirname(directory)).catch((error: unknown) => {
      if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    });
    // After the rename, because some file systems change the number then.
    const { inode } = await files.facts(path);
    return new OwnerFolder(residence, owner, text, inode, beat);
  }

  /** Shows other processes that we live, and checks whether the folder is still ours. Rejects if the disk fails. */
  async heartbeat(): Promise<Ownership> {
    if (this.#taken) return 'taken';
    const { files, clock } = this.residence;
    // Before the touch: this process may be stopped at any point after it.
    const beat = momentOf(clock);
    const file = join(this.path, OWNER_FILE);
    const touched = await unlessAbsent(files.touch(file).then(() => true));
    const ownership = await this.check();
    if (ownership !== 'ours') return ownership;
    // Only this file was removed. Without it, other processes cannot see that we live.
    if (touched === undefined) await files.writeText(file, this.ownerText);
    this.#beat = beat;
    return ownership;
  }

  /** Whether the folder is ours at this moment. Rejects if the disk fails. */
  async check(): Promise<Ownership> {
    if (this.#taken) return 'taken';
    const { files } = this.residence;
    const facts = await unlessAbsent(files.facts(this.path));
    if (facts?.inode === this.inode) {
      // A process that adopts the folder and gives it back marks it.
      const closed = await unlessAbsent(files.facts(join(this.path, CLOSED_FILE)));
      if (closed === undefined) return 'ours';
    } else if (!(await this.#isElsewhere())) return 'gone';
    this.#taken = true;
    return 'taken';
  }

  /** No heartbeat for half a lease: other processes may soon adopt the folder. Nothing may be sent or confirmed without a `check`. */
  get isLate(): boolean {
    const { clock, leaseMs } = this.residence;
    const { monotonic, wall } = momentOf(clock);
    return Math.max(monotonic - this.#beat.monotonic, Math.abs(wall - this.#beat.wall)) > leaseMs / 2;
  }

  /** Leaves the folder to the next owner at once. Does nothing if it is not ours any more. */
  async close(): Promise<void> {
    if ((await this.check()) !== 'ours') return;
    const { files, clock } = this.residence;
    await unlessAbsent(writeClosed(files, this.path, clock.now()));
  }

  /** Whether another process has adopted the folder, in any group. */
  async #isElsewhere(): Promise<boolean> {
    const { files, directory } = this.residence;
    for await (const { parsed } of namesInGroups(files, directory)) {
      if (parsed?.state === 'complete' && parsed.origin === this.owner) return true;
    }
    return false;
  }
}

const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.now() });
