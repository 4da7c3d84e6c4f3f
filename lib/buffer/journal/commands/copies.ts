import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { entriesSize } from '../../entries.js';
import { replayMark } from '../format/record.js';
import { Tally, type CommandCounts } from '../query/command-payloads.js';
import { residentBytes } from '../store/offered-event.js';
import { commandMessages } from './commands.messages.js';
import { CommandRefused, type Execution } from './execution.js';

/** Limits of the copies that are not on disk yet. */
const MAX_EVENTS = 500;
const MAX_BYTES = 1024 * 1024;

/** One destination that gets an event again. */
export interface CopyRoute {
  readonly lane: string;
  readonly entry?: LaneEntry | undefined;
  /** Called once the copy is on disk. Present only if the event is a dead letter in this lane. */
  readonly onCommitted?: (() => void) | undefined;
}

/** New records of stored events: same id, times and person, marked with their command. They join the end of the queue. */
export class Copies {
  readonly tally = new Tally();
  #onCommitted: (() => void)[] = [];
  #events = 0;
  #bytes = 0;
  #withoutRoom = 0;

  constructor(
    private readonly execution: Execution,
    /** `original`: events that this journal does not have yet. */
    private readonly as: 'copy' | 'original',
  ) {}

  /** The lanes for which the disk has room. An event without room in one of its lanes is reported at the end. */
  withRoom(lanes: readonly string[]): string[] {
    const fitting = lanes.filter((lane) => !this.execution.work.isFull(lane));
    if (fitting.length < lanes.length) this.#withoutRoom++;
    return fitting;
  }

  /**
   * Commits if there are many copies.
   *
   * @param size length of its JSON
   */
  async add(event: TrackingEvent, size: number, routes: readonly CopyRoute[]): Promise<void> {
    const { lanes, writer } = this.execution.work;
    for (const { lane, onCommitted } of routes) {
      lanes.get(lane)!.enter(onCommitted === undefined ? 'replayed' : 'redriven');
      if (onCommitted !== undefined) this.#onCommitted.push(onCommitted);
    }
    const to = routes.map(({ lane, entry }) => (entry === undefined ? { lane } : { lane, entry }));
    const resident = residentBytes(size + entriesSize(to));
    const wasDead = routes.every(({ onCommitted }) => onCommitted !== undefined);
    const mark = this.as === 'copy' ? replayMark(this.execution.id, wasDead) : undefined;
    writer.add(event, size, resident, to, mark);
    this.tally.add(routes.map(({ lane }) => lane));
    this.#events++;
    this.#bytes += size;
    if (this.#events >= MAX_EVENTS || this.#bytes >= MAX_BYTES) await this.commit();
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

  /** @throws CommandRefused if the journal had no room for some events */
  checkRoom(): void {
    if (this.#withoutRoom > 0) throw new CommandRefused(commandMessages.full(this.#withoutRoom));
  }
}

/** Lets a command make copies, and counts them. They are committed also if the command fails halfway. */
export async function copying(
  execution: Execution,
  as: 'copy' | 'original',
  make: (copies: Copies) => Promise<void>,
): Promise<CommandCounts> {
  const copies = new Copies(execution, as);
  try {
    await make(copies);
  } finally {
    await copies.commit();
  }
  copies.checkRoom();
  return copies.tally.counts;
}
