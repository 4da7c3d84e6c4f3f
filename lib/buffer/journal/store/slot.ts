import type { LaneEntry } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { entrySize } from '../../entry-size.js';
import type { Route } from '../../event-buffer.js';
import { Slot } from '../../slot.js';
import { wasDead } from '../format/record.js';
import type { Home } from './frame.js';
import type { Held } from './held.js';

/** An event in memory, in one lane of a journal. */
export interface JournalSlot extends Slot {
  home: Home;
  /** Its number there. */
  seq: number;
  readonly json: string | undefined;
  /** Memory that it takes. */
  readonly resident: number;
  /** Lanes that must never get it. */
  readonly withheld: readonly Route[];
  /** Other lanes had it, too, when this one got it, or it was sent before. */
  readonly shared: boolean;
}

/** An event that was accepted and did not leave memory. */
export class HeldSlot extends Slot implements JournalSlot {
  seq: number;
  readonly entry: LaneEntry | undefined;
  readonly bytes: number;

  constructor(
    private readonly held: Held,
    public home: Home,
    { entry }: Route,
  ) {
    super();
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
    return this.held.routes.length > 1 || this.isCopy;
  }
}
