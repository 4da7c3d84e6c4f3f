import type { BufferSetup, EventBuffer } from '../../../../lib/buffer/event-buffer.js';
import type { Files } from '../../../../lib/buffer/journal/files/files.js';
import { oneAtATime } from '../../../../lib/buffer/journal/files/one-at-a-time.js';
import { JournalBuffer } from '../../../../lib/buffer/journal/journal-buffer.js';
import {
  type JournalOptions,
  resolveJournalOptions,
} from '../../../../lib/buffer/journal/options/journal-options.js';
import type {
  ProcessFacts,
  ProcessIdentity,
} from '../../../../lib/buffer/journal/ownership/process-identity.js';

/** Opens a journal on a simulated disk, in a simulated process. */
export function openJournal(
  options: JournalOptions,
  setup: BufferSetup,
  files: Files,
  process: ProcessIdentity,
): EventBuffer {
  return new JournalBuffer(resolveJournalOptions(options), setup, oneAtATime(files), process);
}

/** The processes of one machine. The test decides which of them are alive. */
export class Machine {
  #boot = 1;
  #pids = 100;
  readonly #alive = new Set<number>();

  start(): ProcessIdentity & { readonly self: ProcessFacts } {
    const self: ProcessFacts = {
      pid: ++this.#pids,
      host: 'machine',
      boot: `boot ${this.#boot}`,
      pidNamespace: 'pid:[1]',
      start: this.#pids * 10,
    };
    this.#alive.add(self.pid);
    return {
      self,
      isGone: ({ pid, boot }) => (boot === self.boot ? !this.#alive.has(pid) : undefined),
    };
  }

  /** An observer that is none of the processes. */
  get observer(): ProcessIdentity {
    const self: ProcessFacts = {
      pid: 1,
      host: 'machine',
      boot: `boot ${this.#boot}`,
      pidNamespace: 'pid:[1]',
    };
    return {
      self,
      isGone: ({ pid, boot }) => (boot === self.boot ? !this.#alive.has(pid) : undefined),
    };
  }

  end({ pid }: ProcessFacts): void {
    this.#alive.delete(pid);
  }

  restart(): void {
    this.#boot++;
    this.#alive.clear();
  }
}
