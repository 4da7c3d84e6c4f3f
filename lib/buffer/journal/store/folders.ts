import { DEAD_LETTERS_FILE, HISTORY_FILE } from '../format/file-names.js';
import { unlessAbsent } from '../files/absence.js';
import { Adoption, type Found, type TakenFolder } from '../ownership/adoption.js';
import { contentOf, meaningOf, removeOwn } from '../ownership/content.js';
import { LaneNames } from '../ownership/lane-names.js';
import { OwnerFolder, type Ownership, type Residence } from '../ownership/owner-folder.js';
import type { Histories } from './histories.js';
import { JournalFolder, type SegmentFolder } from './segment.js';

interface Own {
  readonly folder: JournalFolder;
  readonly owner: OwnerFolder;
  readonly adoption: Adoption;
}

/** The folders that this journal holds: its own, and those that it has adopted. */
export class Folders {
  #own: Own | undefined;
  #opening: Promise<JournalFolder> | undefined;
  readonly #adopted = new Map<JournalFolder, TakenFolder>();

  constructor(
    private readonly residence: Residence,
    private readonly histories: Histories,
  ) {}

  get own(): JournalFolder | undefined {
    return this.#own?.folder;
  }

  /** Adopted folders first, in the order of their adoption. */
  get all(): readonly JournalFolder[] {
    return this.#own === undefined ? [...this.#adopted.keys()] : [...this.#adopted.keys(), this.#own.folder];
  }

  get bytes(): number {
    return this.all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get segments(): number {
    return this.all.reduce((sum, { segments }) => sum + segments.length, 0);
  }

  /** Other processes may soon adopt the folders: nothing may be sent before {@link confirm}. */
  get isLate(): boolean {
    return this.#own?.owner.isLate === true;
  }

  /** Whether a record may still be in one of a folder's segments. */
  mayHold(folder: SegmentFolder, seq: number): boolean {
    const found = this.all.find((each) => each === folder);
    return found?.segments.some(({ firstSeq }) => firstSeq <= seq) === true;
  }

  /** The folder of this process, created if there is none. */
  async open(): Promise<JournalFolder> {
    if (this.#own !== undefined) return this.#own.folder;
    this.#opening ??= this.#make().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /** Reads from disk whether this process owns its folder. */
  async confirm(): Promise<Ownership> {
    return this.#own === undefined ? 'gone' : this.#own.owner.check();
  }

  /** After a late heartbeat: removes and returns the adopted folders that another process owns now. */
  async missing(): Promise<readonly JournalFolder[]> {
    const missing: JournalFolder[] = [];
    for (const [folder, taken] of this.#adopted) {
      if ((await this.#own?.adoption.holds(taken)) !== false) continue;
      this.#adopted.delete(folder);
      missing.push(folder);
    }
    return missing;
  }

  /** Shows other processes that this one is alive. */
  async heartbeat(): Promise<Ownership> {
    return this.#own === undefined ? 'ours' : this.#own.owner.heartbeat();
  }

  /** Adopts folders without an owner. */
  async look(): Promise<Omit<Found, 'taken'> & { readonly taken: readonly JournalFolder[] }> {
    if (this.#own === undefined) return { taken: [], foreign: [], unknown: [], denied: [] };
    const { taken, ...others } = await this.#own.adoption.look();
    const folders = taken.map((found) => {
      const folder = new JournalFolder(found.path, found.origin, found.names);
      // Until it is read, its content is unknown, also if the journal is closed first.
      folder.isBusy = true;
      this.#adopted.set(folder, found);
      return folder;
    });
    return { taken: folders, ...others };
  }

  /** Whether this process can deliver all lanes that a folder may have. */
  isExact(folder: JournalFolder): boolean {
    return this.#adopted.get(folder)?.exact !== false;
  }

  /** Gives an adopted folder back. Returns its new path; undefined if it is not adopted. */
  async release(folder: JournalFolder): Promise<string | undefined> {
    const taken = this.#adopted.get(folder);
    if (taken === undefined || this.#own === undefined) return undefined;
    this.#adopted.delete(folder);
    return this.#own.adoption.release(taken);
  }

  /** Removes adopted folders that are empty, and adds their history to that of the own folder. */
  async removeEmpty(hasLetters: (folder: JournalFolder) => boolean): Promise<void> {
    for (const folder of this.#adopted.keys()) {
      const { segments, isBusy, isUnreadable, unknown } = folder;
      const isInUse =
        segments.length > 0 || isBusy || isUnreadable || unknown.length > 0 || hasLetters(folder);
      if (!isInUse) await this.#remove(folder);
    }
  }

  /** Removes all folders from memory, and returns them. */
  lose(): readonly JournalFolder[] {
    const lost = this.all;
    this.#own = undefined;
    this.#adopted.clear();
    return lost;
  }

  /** Leaves all folders to the next owner. Removes the own folder if it never had an event. */
  async close(hasLetters: (folder: JournalFolder) => boolean): Promise<void> {
    if (this.#own === undefined) return;
    const { folder, owner } = this.#own;
    const { files } = this.residence;
    for (const segment of folder.segments.filter(({ touched }) => !touched)) {
      await unlessAbsent(files.remove(segment.path));
      folder.remove(segment);
    }
    const names = (await unlessAbsent(files.list(folder.path))) ?? [];
    // If the disk hung, its files may have letters that are not in memory.
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
    this.#own = { folder, owner, adoption };
    return folder;
  }

  async #remove(folder: JournalFolder): Promise<void> {
    const { files } = this.residence;
    const { needed, unknown } = await contentOf(files, folder.path);
    folder.unknown = unknown;
    folder.hasNew = needed.some((name) => meaningOf(name) === 'segment');
    if (needed.length > 0 || unknown.length > 0) return;
    await this.histories.move(folder, this.#own!.folder);
    if ((await removeOwn(files, folder.path)) === undefined) this.#adopted.delete(folder);
  }
}
