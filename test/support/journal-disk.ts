import type { EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import type { JournalOptions } from '../../lib/buffer/journal/options/journal-options.js';
import { Machine, openJournal } from '../buffer/journal/model/open-journal.js';
import { expectOnDisk } from './accounting.js';
import { FaultyFiles } from './faulty-files.js';
import type { Operation } from './faulty-files.js';
import type { Scene } from './tracked-application.js';

const DIRECTORY = '/var/tracking';
const SECOND = 1_000;
/** Longer than a lease with its margin, after which a dead process's folder is taken over. */
const TRIES = 20;

/** The disk of a scene, which does what the test wants of it; its journals tell the same time as everything else. */
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

  /** What is on disk is what the applications say, at the end of every scenario in which the disk does what it should. */
  async #expectAccounted(): Promise<void> {
    const { scene } = this;
    for (let tries = 0; ; tries++) {
      // Acknowledgements are written in passing, and folders are looked at a few times in a lease.
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
