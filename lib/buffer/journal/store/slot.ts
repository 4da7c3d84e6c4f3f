import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { entrySize } from '../../entry-size.js';
import type { Route, StoredEvent } from '../../event-buffer.js';
import { wasDead } from '../format/record.js';
import type { Home } from './frame.js';
import type { Held } from './held.js';

/** Where a slot is, in place of the token of a lease. */
export const WAITS = 0;
/** Settled, or not in memory any more. */
export const GONE = -1;

/** An event in memory as one lane has it. */
export interface Slot extends StoredEvent {
  home: Home;
  /** Its number there. */
  seq: number;
  readonly resident: number;
  /** Lanes that must never get it. */
  readonly withheld: readonly Route[];
  /** Other lanes had it, too, when this one got it, or it was sent before. */
  readonly shared: boolean;
  /** The lease it is out with, or `WAITS`, or `GONE`. */
  lease: number;
}

/** An event in memory that never left it. */
export class HeldSlot implements Slot {
  lease = WAITS;
  seq: number;
  readonly entry: LaneEntry | undefined;
  readonly bytes: number;

  constructor(
    private readonly held: Held,
    public home: Home,
    { entry }: Route,
  ) {
    this.seq = held.seq;
    this.entry = entry;
    this.bytes = held.size + entrySize(entry);
  }

  get event(): TrackingEvent {
    return this.held.event;
  }

  get json(): string | undefined {
    return this.held.json;
  }

  get position(): number {
    return this.held.seq;
  }

  get since(): number {
    return this.held.since;
  }

  get isGone(): boolean {
    return this.lease === GONE;
  }

  get wasDead(): boolean {
    return wasDead(this.held.replay);
  }

  get isCopy(): boolean {
    return this.held.replay !== undefined;
  }

  get resident(): number {
    return this.held.resident;
  }

  get withheld(): readonly Route[] {
    return this.held.withheld;
  }

  get shared(): boolean {
    return this.held.routes.length > 1 || this.held.replay !== undefined;
  }
}
