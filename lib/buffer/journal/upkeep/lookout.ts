import { journalMessages } from '../journal.messages.js';
import type { UnknownContent } from '../ownership/orphan-search.js';
import type { Denied } from '../ownership/denied.js';
import type { Residence } from '../ownership/owner-folder.js';
import type { Attachment } from '../store/attachment.js';
import type { JournalStore } from '../store/journal-store.js';
import type { Stranded } from '../store/stranded.js';

const LOOKS_PER_LEASE = 4;

/** Looks for the folders of dead processes, and starts to read those that this process adopts. */
export class Lookout {
  /** Resolves when the folders that existed at start are read, or cannot be reached. */
  readonly firstLook: Promise<void>;
  #looked!: () => void;
  #hasLooked = false;
  #nextLook = 0;
  #denied: readonly Denied[] = [];

  constructor(
    private readonly residence: Residence,
    private readonly store: Pick<JournalStore, 'files' | 'log' | 'folders'>,
    private readonly attachment: Attachment,
    private readonly stranded: Stranded,
  ) {
    this.firstLook = new Promise((resolve) => (this.#looked = resolve));
  }

  /** Paths that the last look could not use. */
  get denied(): readonly Denied[] {
    return this.#denied;
  }

  /** Resolves {@link firstLook}, because the disk fails or the journal is closed. */
  giveUp(): void {
    this.#looked();
  }

  /** Looks at all folders, if it is time. Does not wait until adopted folders are read. */
  async look(): Promise<void> {
    const { residence, attachment, stranded } = this;
    const { folders } = this.store;
    const now = residence.clock.monotonic();
    if (folders.own === undefined || now < this.#nextLook) return;
    this.#nextLook = now + residence.leaseMs / LOOKS_PER_LEASE;
    const { taken, foreign, unknown, denied } = await folders.look();
    this.#logDenied(denied);
    for (const content of unknown) this.#logUnknown(content.path, content);
    stranded.update(foreign);
    const reading = attachment.readAll(taken, this.#hasLooked ? 'adopted' : 'recovered');
    void reading.then(() => {
      this.#hasLooked = true;
      this.#looked();
      attachment.logInherited();
      void stranded.log();
    });
  }

  /** Logs the unknown files of our folders, and has segments read that came into an adopted folder after it was read. */
  readNew(): void {
    for (const folder of this.store.folders.all) {
      const { origin, path, unknown, hasNew } = folder;
      if (unknown.length > 0) this.#logUnknown(origin, { path, names: unknown });
      if (hasNew) void this.attachment.readAll([folder], 'adopted');
      folder.hasNew = false;
    }
  }

  #logDenied(denied: readonly Denied[]): void {
    const { files, log } = this.store;
    this.#denied = denied;
    for (const folder of denied) {
      const place = `${folder.path} ${folder.code}`;
      log.errorOnce('denied', place, () => journalMessages.denied(folder, files.user()));
    }
  }

  #logUnknown(key: string, { path, names }: UnknownContent): void {
    this.store.log.warnOnce('unknown', `${key} ${names[0]}`, () => journalMessages.unknown(path, names));
  }
}
