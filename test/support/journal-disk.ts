import type { EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import type { JournalOptions } from '../../lib/buffer/journal/options/journal-options.js';
import { Machine, openJournal } from '../buffer/journal/model/open-journal.js';
import { expectOnDisk } from './accounting.js';
import { FaultyFiles } from './faulty-files.js';
import type { Operation } from './faulty-files.js';
import type { Scene } from './tracked-application.js';

const DIRECTORY = '/var/tracking';
const SECOND = 1_000;
/** Longer than a lease with its margin, after which a crashed process's folder is adopted. */
const TRIES = 20;

/** The disk of a scenario, whose faults the test defines; its journals use the scenario's clock. */
export class JournalDisk {
  readonly files: FaultyFiles;
  readonly #machine = new Machine();
  #hangs: ((operation: Operation) => boolean) | undefined;

  constructor(private readonly scene: Scene) {
    const { clock, busy } = scene;
    this.files = new FaultyFiles({ clock, auto: true });
    scene.atEnd.push(() => this.#expectAccounted());
    busy.push(() => this.files.queued.some((operation) => this.#hangs?.(operation) !== true));
  }

  /** `journal()` on this disk; each application that uses it acts as a separate process. */
  journal(options: Partial<JournalOptions> = {}): EventBufferFactory {
    return {
      kind: 'journal',
      create: (setup) =>
        openJournal({ directory: DIRECTORY, ...options }, setup, this.files, this.#machine.start()),
    };
  }

  /** Operations of this kind hang until they are released. */
  hang(hangs: (operation: Operation) => boolean): () => void {
    this.#hangs = hangs;
    const hang = this.files.hang(hangs);
    return () => {
      this.#hangs = undefined;
      hang.release();
    };
  }

  /** Checks that the disk agrees with the applications, at the end of every scenario without a fault of the disk. */
  async #expectAccounted(): Promise<void> {
    const { scene } = this;
    for (let tries = 0; ; tries++) {
      // Acknowledgements are written in the background, and folders are read a few times in a lease.
      await scene.run(SECOND);
      const all = scene.living
        .map(({ tracking }) => tracking.stats())
        .filter(({ journal }) => journal !== null);
      const isAtRest = all.every(
        ({ journal }) => journal!.state === 'open' && journal!.uncommitted === 0 && !journal!.recovering,
      );
      if (this.#hangs !== undefined || !isAtRest || all.length === 0) return;
      const reading = {
        directory: DIRECTORY,
        files: this.files,
        process: this.#machine.observer,
        now: () => scene.clock.now(),
      };
      try {
        await scene.ended(expectOnDisk(reading, all));
        return;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }
}
