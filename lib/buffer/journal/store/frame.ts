import { readHeader, writeHeader } from '../format/frame-header.js';
import { Outcomes, type Outcome } from './outcomes.js';
import type { AcceptedEvent } from './accepted-event.js';
import type { Segment } from './segment.js';

/** What one lane has of a frame. */
export interface LanePart {
  events: number;
  bytes: number;
}

/** One more event of a lane. */
export function addTo(parts: Map<string, LanePart>, lane: string, bytes: number): void {
  const part = parts.get(lane);
  if (part === undefined) parts.set(lane, { events: 1, bytes });
  else {
    part.events++;
    part.bytes += bytes;
  }
}

/** Where an event is kept until every lane has settled it: a segment, or a frame before it is written. */
export type Home = Frame | Segment;

/** A group of events that is written at once. Until it is on disk, this is where its events are. */
export class Frame {
  /** Where it is on disk, once it is. */
  segment: Segment | undefined;
  offset = 0;
  readonly bytes: number;
  /** Its lanes have its events: it is on disk, or the disk takes nothing. */
  exposed = false;
  /** A write of it was begun. */
  #attempted = false;
  readonly #early = new Outcomes();
  readonly #earlyByLane = new Map<string, number>();

  constructor(
    /** As it is written; given up once it is on disk. */
    public text: Buffer | undefined,
    readonly firstSeq: number,
    readonly lastSeq: number,
    readonly events: number,
    /** Its events as objects, where there is room to keep them. */
    public held: readonly AcceptedEvent[] | undefined,
    /** Memory that `held` takes. */
    readonly resident: number,
    /** By lane, what it has in here. */
    readonly lanes: ReadonlyMap<string, LanePart>,
  ) {
    this.bytes = text?.length ?? 0;
  }

  /** It is going to be written to a segment. */
  attempt(segment: Segment): void {
    if (this.#attempted) {
      this.#markAgain();
      segment.holdsAgain = true;
    }
    this.#attempted = true;
  }

  settle(lane: string, seq: number, end: Outcome): void {
    if (this.segment !== undefined) {
      this.segment.settle(lane, seq, end);
      return;
    }
    this.#early.add(lane, seq, end);
    this.#earlyByLane.set(lane, (this.#earlyByLane.get(lane) ?? 0) + 1);
  }

  /** Whether every lane is done with all of it. */
  get isSettled(): boolean {
    for (const [lane, { events }] of this.lanes) if (this.#earlyByLane.get(lane) !== events) return false;
    return true;
  }

  /** It is on disk now, at the end of the segment, which has the outcomes of its events from now on. */
  written(segment: Segment, now: number): void {
    this.segment = segment;
    this.offset = segment.bytes;
    this.text = undefined;
    segment.bytes += this.bytes;
    segment.lastEventAt = now;
    for (const [lane, { events }] of this.lanes) segment.expect(lane, events);
    for (const [lane, events] of this.#earlyByLane) segment.forget(lane, events);
    segment.settledEarly(this.#early.take(now));
  }

  /** Part of it may be on disk. The mark tells a reader to take each event once. */
  #markAgain(): void {
    const { text } = this;
    const header = text && readHeader(text, 0);
    if (header !== undefined) writeHeader({ ...header, again: true }, text!);
  }
}
