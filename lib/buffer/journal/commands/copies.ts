import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { entriesSize } from '../../entries.js';
import { replayMark } from '../format/record.js';
import { residentBytes } from '../store/accepted-event.js';
import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';

/** Limits of the copies that are not on disk yet. */
const MAX_EVENTS = 500;
const MAX_BYTES = 1024 * 1024;

/** One destination that gets an event again. */
export interface CopyRoute {
  readonly lane: string;
  readonly entry?: LaneEntry | undefined;
  /** The event's dead letter in this lane; called once the copy is on disk. */
  readonly letter?: { readonly onCommitted: () => void } | undefined;
}

/** New records of stored events: same id, times and person, marked with their command. They join the end of the queue. */
export class Copies {
  #onCommitted: (() => void)[] = [];
  #events = 0;
  #bytes = 0;

  constructor(
    private readonly work: CommandWork,
    private readonly execution: Execution,
    /** `original`: events that this journal does not have yet. */
    private readonly as: 'copy' | 'original',
  ) {}

  /** Whether to commit before more copies are added. */
  get isFull(): boolean {
    return this.#events >= MAX_EVENTS || this.#bytes >= MAX_BYTES;
  }

  /** @param size length of its JSON */
  add(event: TrackingEvent, size: number, routes: readonly CopyRoute[]): void {
    const { lanes, writer } = this.work;
    for (const { lane: name, letter } of routes) {
      lanes.get(name)!.enter(letter === undefined ? 'replayed' : 'redriven');
      if (letter !== undefined) this.#onCommitted.push(letter.onCommitted);
    }
    const to = routes.map(({ lane, entry }) => (entry === undefined ? { lane } : { lane, entry }));
    const resident = residentBytes(size + entriesSize(to));
    const wasDead = routes.every(({ letter }) => letter !== undefined);
    const mark = this.as === 'copy' ? replayMark(this.execution.id, wasDead) : undefined;
    writer.add(event, size, resident, to, mark);
    this.#events++;
    this.#bytes += size;
  }

  /** Waits until all copies are on disk. @throws CommandInterrupted */
  async commit(): Promise<void> {
    if (this.#events === 0) return;
    await this.execution.committed();
    this.#events = 0;
    this.#bytes = 0;
    for (const onCommitted of this.#onCommitted) onCommitted();
    this.#onCommitted = [];
  }
}

/** Lets a command make copies. They are committed also if the command fails halfway. */
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
