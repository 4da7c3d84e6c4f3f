import { acceptedAt, fromEventJson } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Clock } from '../../../host/clock.js';
import { entrySize } from '../../entry-size.js';
import type { Route } from '../../event-buffer.js';
import { wasDead, withheldIn, type ReadRecord } from '../format/record.js';
import { GONE, WAITS } from './slot.js';
import type { Slot } from './slot.js';
import type { Home } from './frame.js';

/** Heap bytes of an event that was read back, beside its JSON. */
const RESIDENT_READ = 500;

/**
 * Turns a time of acceptance on the wall clock into a monotonic one, as of now. The wall clock may have jumped since, so that
 * only this is certain: the event was accepted before now, and not before `earliest`.
 */
export function sinceReader(clock: Clock, earliest: number): (acceptedAt: number) => number {
  const now = clock.monotonic();
  const offset = now - clock.now();
  return (acceptedAt) => {
    const since = acceptedAt + offset;
    return since < now ? Math.max(since, earliest) : now;
  };
}

/** An event that was read back. It is taken apart only if somebody asks for more than its JSON. */
export class ReadSlot implements Slot {
  lease = WAITS;
  seq: number;
  readonly json: string;
  readonly bytes: number;
  readonly entry: LaneEntry | undefined;
  private readonly lanes: readonly string[];
  readonly withheld: readonly Route[];
  readonly shared: boolean;
  readonly wasDead: boolean;
  readonly isCopy: boolean;
  #event: TrackingEvent | undefined;
  #since: number | undefined;

  constructor(
    record: ReadRecord,
    lane: string,
    public home: Home,
    readonly position: number,
    /** See {@link sinceReader}; left out where nobody asks for its age. */
    private readonly sinceOf: (acceptedAt: number) => number = Number,
  ) {
    this.seq = record.seq;
    this.json = record.json;
    this.lanes = record.lanes;
    this.shared = record.lanes.length > 1 || record.replay !== undefined;
    this.wasDead = wasDead(record.replay);
    this.isCopy = record.replay !== undefined;
    this.entry = record.entries?.[lane];
    this.bytes = record.json.length + entrySize(this.entry);
    this.withheld = withheldIn(record);
  }

  get event(): TrackingEvent {
    return (this.#event ??= fromEventJson(this.json, this.lanes));
  }

  get since(): number {
    return (this.#since ??= this.sinceOf(acceptedAt(this.json)));
  }

  get isGone(): boolean {
    return this.lease === GONE;
  }

  get resident(): number {
    return RESIDENT_READ + this.bytes;
  }
}
