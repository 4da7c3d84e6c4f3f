import type { EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import type { JournalOptions } from '../../lib/buffer/journal/journal-options.js';
import { Machine, openJournal } from '../buffer/journal/model/open-journal.js';
import { FaultyFiles } from './faulty-files.js';
import type { Operation } from './faulty-files.js';
import type { Scene } from './tracked-application.js';

const DIRECTORY = '/var/tracking';

/** The disk of a scene, which does what the test wants of it; its journals tell the same time as everything else. */
export class JournalDisk {
  readonly files: FaultyFiles;
  readonly #machine = new Machine();
  #hangs: ((operation: Operation) => boolean) | undefined;

  constructor({ clock, busy }: Scene) {
    this.files = new FaultyFiles({ clock, auto: true });
    busy.push(() => this.files.queued.some((operation) => this.#hangs?.(operation) !== true));
  }

  /** `journal()` on this disk; each application that is made with it is a process of its own. */
  journal(options: Partial<JournalOptions> = {}): EventBufferFactory {
    return {
      kind: 'journal',
      create: (setup) =>
        openJournal({ directory: DIRECTORY, ...options }, setup, this.files, this.#machine.start()),
    };
  }

  /** Nothing of this kind is answered until it is released. */
  hang(hangs: (operation: Operation) => boolean): () => void {
    this.#hangs = hangs;
    const hang = this.files.hang(hangs);
    return () => {
      this.#hangs = undefined;
      hang.release();
    };
  }
}
