import { acceptedAt } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Clock } from '../../../host/clock.js';
import { entrySize } from '../../entries.js';
import type { Route } from '../../event-buffer.js';
import { JsonSlot, Slot } from '../../slot.js';
import { wasDead, withheldIn, type ReadRecord } from '../format/record.js';
import type { Home } from './frame.js';
import type { OfferedEvent } from './offered-event.js';

/** An event in memory, in one lane of a journal. */
export interface JournalSlot extends Slot {
  home: Home;
  /** Its number in the home's folder. */
  seq: number;
  readonly json: string | undefined;
  /** Memory that it is charged with. */
  readonly resident: number;
  /** Lanes that must never get it. */
  readonly withheld: readonly Route[];
  /** Other lanes got the event, too, or it was sent before. */
  readonly shared: boolean;
}

/** An event that stayed in memory since it was offered. */
export class AcceptedSlot extends Slot implements JournalSlot {
  seq: number;
  readonly entry: LaneEntry | undefined;
  readonly bytes: number;

  constructor(
    private readonly offered: OfferedEvent,
    public home: Home,
    { entry }: Route,
  ) {
    super();
    this.seq = offered.seq;
    this.entry = entry;
    this.bytes = offered.size + entrySize(entry);
  }

  get event(): TrackingEvent {
    return this.offered.event;
  }

  get json(): string | undefined {
    return this.offered.json;
  }

  get position(): number {
    return this.offered.seq;
  }

  get since(): number {
    return this.offered.since;
  }

  get wasDead(): boolean {
    return wasDead(this.offered.replay);
  }

  get isCopy(): boolean {
    return this.offered.replay !== undefined;
  }

  get resident(): number {
    return this.offered.resident;
  }

  get withheld(): readonly Route[] {
    return this.offered.withheld;
  }

  get shared(): boolean {
    return this.offered.routes.length > 1 || this.isCopy;
  }
}

/** Heap bytes of an event that was read back, without its JSON. */
const RESIDENT_READ = 500;

/**
 * Converts a time of acceptance from the wall clock to the monotonic clock. The wall clock may have jumped, so the result is between
 * `earliest` and now.
 */
export function sinceReader(clock: Clock, earliest: number): (acceptedAt: number) => number {
  const now = clock.monotonic();
  const offset = now - clock.now();
  return (acceptedAt) => {
    const since = acceptedAt + offset;
    return since < now ? Math.max(since, earliest) : now;
  };
}

/** An event that was read back from disk. */
export class ReadSlot extends JsonSlot implements JournalSlot {
  seq: number;
  readonly bytes: number;
  readonly entry: LaneEntry | undefined;
  readonly withheld: readonly Route[];
  readonly shared: boolean;
  readonly wasDead: boolean;
  readonly isCopy: boolean;
  #since: number | undefined;

  constructor(
    record: ReadRecord,
    lane: string,
    public home: Home,
    readonly position: number,
    /** See {@link sinceReader}. Absent if the age is not needed. */
    private readonly sinceOf: (acceptedAt: number) => number = Number,
  ) {
    super(record.json, record.lanes);
    this.seq = record.seq;
    this.isCopy = record.replay !== undefined;
    this.shared = record.lanes.length > 1 || this.isCopy;
    this.wasDead = wasDead(record.replay);
    this.entry = record.entries?.[lane];
    this.bytes = record.json.length + entrySize(this.entry);
    this.withheld = withheldIn(record);
  }

  get since(): number {
    return (this.#since ??= this.sinceOf(acceptedAt(this.json)));
  }

  get resident(): number {
    return RESIDENT_READ + this.bytes;
  }
}
