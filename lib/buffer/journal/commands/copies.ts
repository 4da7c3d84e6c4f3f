import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { entriesSize } from '../../entry-size.js';
import { replayMark } from '../format/record.js';
import { Held, residentBytes } from '../store/held.js';
import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';

/** What may be under way to the disk at once. */
const MAX_EVENTS = 500;
const MAX_BYTES = 1024 * 1024;

/** One destination that gets an event again. */
export interface CopyRoute {
  readonly lane: string;
  readonly entry?: LaneEntry | undefined;
  /** It is a dead letter there; told once the copy is on disk. */
  readonly letter?: { readonly onCommitted: () => void } | undefined;
}

/**
 * New records of events that are there already: same id, times and person, marked with the command that they are made for.
 * They join the queue behind everything else.
 */
export class Copies {
  #onCommitted: (() => void)[] = [];
  #events = 0;
  #bytes = 0;

  constructor(
    private readonly work: CommandWork,
    private readonly execution: Execution,
    /** `copy`: of events that are there already. `original`: nothing else here has them. */
    private readonly as: 'copy' | 'original',
  ) {}

  /** Whether it is time to wait for the disk. */
  get isFull(): boolean {
    return this.#events >= MAX_EVENTS || this.#bytes >= MAX_BYTES;
  }

  /** @param size units of its JSON */
  add(event: TrackingEvent, size: number, routes: readonly CopyRoute[]): void {
    const { lanes, clock, writer } = this.work;
    for (const { lane: name, letter } of routes) {
      lanes.get(name)!.enter(letter === undefined ? 'replayed' : 'redriven');
      if (letter !== undefined) this.#onCommitted.push(letter.onCommitted);
    }
    const to = routes.map(({ lane, entry }) => (entry === undefined ? { lane } : { lane, entry }));
    const resident = residentBytes(size + entriesSize(to));
    const wasDead = routes.every(({ letter }) => letter !== undefined);
    const mark = this.as === 'copy' ? replayMark(this.execution.id, wasDead) : undefined;
    writer.add(new Held(this.work.nextSeq(), event, size, resident, clock.monotonic(), to, mark));
    this.#events++;
    this.#bytes += size;
  }

  /** Waits until all of them are on the disk. @throws CommandInterrupted */
  async commit(): Promise<void> {
    if (this.#events === 0) return;
    await this.execution.committed();
    this.#events = 0;
    this.#bytes = 0;
    for (const tell of this.#onCommitted) tell();
    this.#onCommitted = [];
  }
}

/** Lets a command make copies; also where it fails halfway, those that it made are finished. */
export async function copying<T>(
  work: CommandWork,
  execution: Execution,
  make: (copies: Copies) => Promise<T>,
  as: 'copy' | 'original' = 'copy',
): Promise<T> {
  const copies = new Copies(work, execution, as);
  try {
    return await make(copies);
  } finally {
    await copies.commit();
  }
}
