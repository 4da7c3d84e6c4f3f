import type { BufferSetup, EventBuffer, StoredEvent } from '../../../../lib/buffer/event-buffer.js';
import type { JournalOptions } from '../../../../lib/buffer/journal/options/journal-options.js';
import type { ProcessFacts } from '../../../../lib/buffer/journal/ownership/process-identity.js';
import type { FaultyFiles } from '../../../support/faulty-files.js';
import type { ManualClock } from '../../../support/manual-clock.js';
import { LifeClock } from './life-clock.js';
import { type Machine, openJournal } from './open-journal.js';

/** Events that a lane has leased. */
export interface Out {
  readonly token: number;
  readonly events: readonly StoredEvent[];
}

/** The counts of one lane in one process, as an observer knows them. */
export class LifeLane {
  accepted = 0;
  delivered = 0;
  dropped = 0;
  out: Out[] = [];
  /** It may have unleased events. */
  woken = true;
  /** Ids of settled events. */
  readonly done = new Set<string>();

  get outIds(): string[] {
    return this.out.flatMap(({ events }) => events.map(({ event }) => event.id));
  }
}

/** One process and its journal. */
export class Life {
  readonly clock: LifeClock;
  readonly process: ProcessFacts;
  readonly buffer: EventBuffer;
  readonly lanes: ReadonlyMap<string, LifeLane>;
  /** Ids of keyed events that `onKey` reported. */
  readonly keys = new Map<string, number>();
  readonly startedAt: number;
  state: 'runs' | 'stopped' | 'dead' = 'runs';
  /** Its disk fails or may fail now. */
  sick = false;
  /** Some of its writes may be missing on the disk, although they succeeded. */
  loses = false;
  /** One of its disk operations never ends. */
  hangs = false;
  /** Its disk failed once, or it was stopped: another process may take it for dead. */
  disturbed = false;
  /** The same, and it has not noticed yet. */
  late = false;

  constructor(
    readonly id: number,
    time: ManualClock,
    readonly files: FaultyFiles,
    private readonly machine: Machine,
    options: JournalOptions,
    setup: Omit<BufferSetup, 'clock'>,
  ) {
    this.clock = new LifeClock(time);
    this.startedAt = time.monotonic();
    this.lanes = new Map(setup.lanes.map((name) => [name, new LifeLane()]));
    const identity = machine.start();
    this.process = identity.self;
    this.buffer = openJournal(
      options,
      {
        ...setup,
        clock: this.clock,
        onWork: (lane, waiting, added) => {
          this.lanes.get(lane)!.woken = true;
          setup.onWork(lane, waiting, added);
        },
        onKey: (id, at) => {
          this.keys.set(id, at);
          setup.onKey(id, at);
        },
      },
      files,
      identity,
    );
  }

  get runs(): boolean {
    return this.state === 'runs';
  }

  /** Its disk works, it was open all the time, and all files are read. */
  get isWell(): boolean {
    const stats = this.buffer.journal?.();
    return this.runs && !this.sick && stats?.state === 'open' && !stats.recovering;
  }

  stop(): void {
    this.state = 'stopped';
    this.clock.stop();
  }

  goOn(): void {
    this.state = 'runs';
    this.clock.goOn();
  }

  /** Ends all messages from and to it. */
  end(): void {
    this.state = 'dead';
    this.clock.end();
    this.machine.end(this.process);
  }
}
