import { DEAD_LETTERS_FILE, HISTORY_FILE } from '../format/file-names.js';
import { unlessAbsent } from '../ownership/absence.js';
import { Adoption } from '../ownership/adoption.js';
import type { Found, TakenFolder } from '../ownership/adoption.js';
import { contentOf, meaningOf, removeOwn } from '../ownership/content.js';
import { Inbox } from '../ownership/inbox.js';
import { LaneNames } from '../ownership/lane-names.js';
import { OwnerFolder } from '../ownership/owner-folder.js';
import type { Ownership, Residence } from '../ownership/owner-folder.js';
import { JournalFolder } from './journal-folder.js';
import type { Histories } from './histories.js';
import type { SegmentFolder } from './segment.js';

interface Own {
  readonly folder: JournalFolder;
  readonly owner: OwnerFolder;
  readonly adoption: Adoption;
  readonly inbox: Inbox;
}

/** The folders that this journal holds: its own, and those that it took over. */
export class Folders {
  #own: Own | undefined;
  #opening: Promise<JournalFolder> | undefined;
  /** Taken over, with what is known of each. */
  readonly #taken = new Map<JournalFolder, TakenFolder>();

  constructor(
    private readonly residence: Residence,
    private readonly histories: Histories,
  ) {}

  get own(): JournalFolder | undefined {
    return this.#own?.folder;
  }

  get inbox(): Inbox | undefined {
    return this.#own?.inbox;
  }

  /** Those that were taken over first, the oldest first. */
  get all(): readonly JournalFolder[] {
    return this.#own === undefined ? [...this.#taken.keys()] : [...this.#taken.keys(), this.#own.folder];
  }

  get bytes(): number {
    let bytes = 0;
    for (const folder of this.all) bytes += folder.bytes;
    return bytes;
  }

  get segments(): number {
    let segments = 0;
    for (const folder of this.all) segments += folder.segments.length;
    return segments;
  }

  /** Others may soon take our folders: nothing may be sent before the disk says that they are ours. */
  get isLate(): boolean {
    return this.#own?.owner.isLate === true;
  }

  /** Whether a record may still be in one of a folder's segments. */
  mayHold(folder: SegmentFolder, seq: number): boolean {
    const found = this.all.find((held) => held === folder);
    return found?.segments.some(({ firstSeq }) => firstSeq <= seq) === true;
  }

  /** Our own folder, made where there is none. */
  async open(): Promise<JournalFolder> {
    if (this.#own !== undefined) return this.#own.folder;
    this.#opening ??= this.#make().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /** Whether our own folder is ours at this moment. */
  async confirm(): Promise<Ownership> {
    return this.#own === undefined ? 'gone' : this.#own.owner.check();
  }

  /** Takes out those that somebody else has meanwhile; after a pause that others may have noticed. */
  async missing(): Promise<readonly JournalFolder[]> {
    const missing: JournalFolder[] = [];
    for (const [folder, taken] of this.#taken) {
      if ((await this.#own?.adoption.holds(taken)) !== false) continue;
      this.#taken.delete(folder);
      missing.push(folder);
    }
    return missing;
  }

  /** Tells others that we live. */
  async heartbeat(): Promise<Ownership> {
    return this.#own === undefined ? 'ours' : this.#own.owner.heartbeat();
  }

  /** Takes over what nobody owns. */
  async look(): Promise<Omit<Found, 'taken'> & { readonly taken: readonly JournalFolder[] }> {
    if (this.#own === undefined) return { taken: [], foreign: [], unknown: [], denied: [] };
    const { taken, ...others } = await this.#own.adoption.look();
    const folders = taken.map((found) => {
      const folder = new JournalFolder(found.path, found.origin, found.names);
      // Until it is read nobody knows what is in it, and where we are closed first nobody reads it.
      folder.isBusy = true;
      this.#taken.set(folder, found);
      return folder;
    });
    return { taken: folders, ...others };
  }

  /** Whether all that can be in a folder is ours to send. */
  isExact(folder: JournalFolder): boolean {
    return this.#taken.get(folder)?.exact !== false;
  }

  /** Gives a folder back to whoever can do more with it. Returns where it is then. */
  async release(folder: JournalFolder): Promise<string | undefined> {
    const taken = this.#taken.get(folder);
    if (taken === undefined || this.#own === undefined) return undefined;
    this.#taken.delete(folder);
    return this.#own.adoption.release(taken);
  }

  /** Removes folders that were taken over and are empty now; what their history says is ours to keep. */
  async removeEmpty(hasLetters: (folder: JournalFolder) => boolean): Promise<void> {
    for (const folder of this.#taken.keys()) {
      if (folder.segments.length > 0 || folder.isBusy || folder.isUnreadable || hasLetters(folder)) continue;
      if (folder.unknown.length > 0) continue;
      await this.#remove(folder);
    }
  }

  /** None of them is ours any more. Returns those that were. */
  lose(): readonly JournalFolder[] {
    const lost = this.all;
    this.#own = undefined;
    this.#taken.clear();
    return lost;
  }

  /** Leaves all of them to whoever comes. Our own is removed where nothing ever came into it. */
  async close(hasLetters: (folder: JournalFolder) => boolean): Promise<void> {
    if (this.#own === undefined) return;
    const { folder, owner } = this.#own;
    const { files } = this.residence;
    for (const segment of folder.segments.filter(({ touched }) => !touched)) {
      await unlessAbsent(files.remove(segment.path));
      folder.segments.splice(folder.segments.indexOf(segment), 1);
    }
    const names = (await unlessAbsent(files.list(folder.path))) ?? [];
    // Where the disk hung before, letters came into it that nobody has in memory any more.
    const hasLogs = names.includes(HISTORY_FILE) || names.includes(DEAD_LETTERS_FILE);
    const isBlank = folder.segments.length === 0 && !hasLetters(folder) && !hasLogs;
    const isRemoved =
      isBlank && (await owner.check()) === 'ours' && (await removeOwn(files, folder.path)) === undefined;
    if (!isRemoved) await owner.close();
  }

  async #make(): Promise<JournalFolder> {
    const { residence } = this;
    const owner = await OwnerFolder.create(residence);
    const adoption = new Adoption({ ...residence, owner: owner.owner });
    const folder = new JournalFolder(owner.path, owner.owner, LaneNames.own);
    this.#own = { folder, owner, adoption, inbox: new Inbox(residence.files, owner.path) };
    return folder;
  }

  async #remove(folder: JournalFolder): Promise<void> {
    const { files } = this.residence;
    const { needed, unknown } = await contentOf(files, folder.path);
    folder.unknown = unknown;
    folder.hasNew = needed.some((name) => meaningOf(name) === 'segment');
    if (needed.length > 0 || unknown.length > 0) return;
    await this.histories.move(folder, this.#own!.folder);
    if ((await removeOwn(files, folder.path)) === undefined) this.#taken.delete(folder);
  }
}
