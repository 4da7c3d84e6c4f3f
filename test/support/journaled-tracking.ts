import type { CommandKind, CommandResult } from '../../lib/buffer/journal/ownership/command.js';
import { answerPath, commandPath } from '../../lib/buffer/journal/ownership/command.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { Machine, openJournal } from '../buffer/journal/model/open-journal.js';
import { FaultyFiles } from './faulty-files.js';
import { ManualClock } from './manual-clock.js';
import { tracking } from './tracking.js';
import type { Tracking } from './tracking.js';

const DIRECTORY = '/var/tracking';

/** One process of an application with a journal. */
export interface JournaledLife extends Tracking {
  /** The process crashes. */
  kill(): void;
  /** Shuts down as an application does. */
  close(): Promise<void>;
}

/** A disk that outlives applications, and a clock that the test controls. */
export class JournaledTracking {
  readonly clock = new ManualClock();
  files = new FaultyFiles({ clock: this.clock, auto: true });
  readonly #machine = new Machine();
  #commands = 0;

  async start(options: Partial<TrackingModuleOptions>): Promise<JournaledLife> {
    const process = this.#machine.start();
    const { files } = this;
    const it = tracking(
      {
        ...options,
        buffer: {
          kind: 'journal',
          create: (setup) => openJournal({ directory: DIRECTORY }, setup, files, process),
        },
      },
      this.clock,
    );
    await this.until(it.runtime.opened());
    return {
      ...it,
      kill: () => {
        this.#machine.end(process.self);
        this.files = files.crash();
      },
      close: async () => {
        await this.until(it.runtime.close());
        this.#machine.end(process.self);
      },
    };
  }

  /** Gives a running application a command, and waits for its answer. */
  async ask({ runtime }: Tracking, kind: CommandKind, payload: object): Promise<CommandResult> {
    const folder = runtime.stats().journal!.folder!;
    const id = `command-${++this.#commands}`;
    const command = { id, kind, at: new Date(this.clock.now()).toISOString(), payload };
    await this.until(this.files.writeText(commandPath(folder, id), JSON.stringify(command)));
    for (;;) {
      await this.turns(1);
      try {
        const answer = JSON.parse(this.files.text(answerPath(folder, id))) as CommandResult;
        if (answer.done) return answer;
      } catch {
        // Not there yet.
      }
    }
  }

  async until<T>(happening: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    happening.then(end, end);
    while (!ended) await this.turns(1);
    return happening;
  }

  /** Advances the time until a condition holds. */
  async when(holds: () => boolean): Promise<void> {
    while (!holds()) await this.turns(1, 100);
  }

  async turns(count: number, ms = 10): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(ms);
    }
  }

  /** The whole content of the disk. */
  bytes(path = DIRECTORY): string {
    return this.files.disk
      .list(path)
      .map((name) => {
        try {
          return this.bytes(`${path}/${name}`);
        } catch {
          return this.files.text(`${path}/${name}`);
        }
      })
      .join('\n');
  }
}
