import { readHeader, writeHeader } from '../format/hash-line.js';
import { RecordOutcomes, type FinalOutcome } from './record-outcomes.js';
import type { OfferedEvent } from './offered-event.js';
import type { Segment } from './segment.js';

/** One lane's part of a frame or segment. */
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

/** The place of an event until every lane has settled it: a segment, or a frame before it is written. */
export type Home = Frame | Segment;

/** A group of events that is written at once. */
export class Frame {
  /** Its place on disk; undefined until it is written. */
  segment: Segment | undefined;
  offset = 0;
  readonly bytes: number;
  /** Its lanes have its events: it is on disk, or the disk rejects writes. */
  exposed = false;
  #attempted = false;
  /** Outcomes before it is on disk. */
  readonly #early = new RecordOutcomes();

  constructor(
    /** Its bytes; undefined when it is on disk. */
    public text: Buffer | undefined,
    readonly firstSeq: number,
    readonly events: number,
    readonly lanes: ReadonlyMap<string, LanePart>,
    /** Its events as objects, if there is room to keep them. */
    public objects?: readonly OfferedEvent[] | undefined,
    /** Memory of `objects`. */
    readonly resident = 0,
  ) {
    this.bytes = text?.length ?? 0;
  }

  /** A write to a segment begins. */
  attempt(segment: Segment): void {
    if (this.#attempted) {
      this.#markAgain();
      segment.holdsAgain = true;
    }
    this.#attempted = true;
  }

  settle(lane: string, seq: number, outcome: FinalOutcome): void {
    if (this.segment !== undefined) {
      this.segment.settle(lane, seq, outcome);
      return;
    }
    this.#early.add(lane, seq, outcome);
  }

  /** Whether every lane has settled all its events. */
  get isSettled(): boolean {
    return [...this.lanes].every(([lane, { events }]) => this.#early.count(lane) === events);
  }

  /** It was written to the end of the segment, which has the outcomes of its events from now on. */
  written(segment: Segment, now: number): void {
    this.segment = segment;
    this.offset = segment.bytes;
    this.text = undefined;
    segment.bytes += this.bytes;
    segment.lastEventAt = now;
    for (const [lane, { events }] of this.lanes) segment.expect(lane, events);
    segment.settledEarly(this.#early);
  }

  /** A part of it may be on disk already. Because of the mark, a reader counts each event once. */
  #markAgain(): void {
    const { text } = this;
    const header = text && readHeader(text, 0);
    if (header !== undefined) writeHeader({ ...header, again: true }, text!);
  }
}
