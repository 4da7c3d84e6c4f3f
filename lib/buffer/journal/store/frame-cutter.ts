import { toEventJson } from '../../../event/event-json.js';
import { entrySize } from '../../entries.js';
import { FrameBuilder } from '../format/frame-builder.js';
import { entriesOf } from '../format/record.js';
import { addTo, Frame, type LanePart } from './frame.js';
import type { AcceptedEvent } from './accepted-event.js';

/** Bytes at which a frame is closed. */
export const FRAME_BYTES = 512 * 1024;
/** Places of events that were taken, before the list is made short again. */
const SPENT_PLACES = 4_096;

/** Serialises accepted events, a few at a time, into frames. */
export class FrameCutter {
  /** Not serialised. */
  #hot: (AcceptedEvent | undefined)[] = [];
  #hotFrom = 0;
  #hotBytes = 0;
  /** Serialised, in the frame that is being made. */
  readonly #builder = new FrameBuilder();
  #building: AcceptedEvent[] = [];
  #buildingBytes = 0;
  #parts = new Map<string, LanePart>();

  constructor(
    /** Whether there is room to keep events as objects until they are on disk, by the memory they take. */
    private readonly keeps: (resident: number) => boolean,
    private readonly onFrame: (frame: Frame) => void,
  ) {}

  /** Memory that is taken by what is in no frame yet. */
  get bytes(): number {
    return this.#hotBytes + this.#buildingBytes;
  }

  /** Memory of what is not serialised. */
  get hotBytes(): number {
    return this.#hotBytes;
  }

  get hotEvents(): number {
    return this.#hot.length - this.#hotFrom;
  }

  /** Number of the first event that is in no frame yet; Infinity for none. */
  get firstSeq(): number {
    return this.#building[0]?.seq ?? this.#hot[this.#hotFrom]?.seq ?? Infinity;
  }

  /** Events that are in no frame yet. */
  get events(): number {
    return this.#building.length + this.hotEvents;
  }

  add(held: AcceptedEvent): void {
    this.#hot.push(held);
    this.#hotBytes += held.resident;
  }

  /** Serialises the oldest events, at most as many, and fewer where a frame is full. */
  cut(maxEvents: number): void {
    const until = Math.min(this.#hot.length, this.#hotFrom + maxEvents);
    while (this.#hotFrom < until && this.#builder.bytes < FRAME_BYTES) {
      const held = this.#hot[this.#hotFrom]!;
      // It is not kept alive by its place here.
      this.#hot[this.#hotFrom++] = undefined;
      this.#hotBytes -= held.resident;
      this.#build(held);
    }
    if (this.#hotFrom === this.#hot.length) {
      this.#hot = [];
      this.#hotFrom = 0;
    } else if (this.#hotFrom > SPENT_PLACES) {
      this.#hot = this.#hot.slice(this.#hotFrom);
      this.#hotFrom = 0;
    }
    if (this.#builder.bytes >= FRAME_BYTES) this.close();
  }

  cutAll(): void {
    while (this.hotEvents > 0) this.cut(Infinity);
    this.close();
  }

  /** Ends the frame that is being made, if there is one. */
  close(): void {
    const held = this.#building;
    if (held.length === 0) return;
    const frame = new Frame(
      this.#builder.take(),
      held[0]!.seq,
      held.at(-1)!.seq,
      held.length,
      this.keeps(this.#buildingBytes) ? held : undefined,
      this.#buildingBytes,
      this.#parts,
    );
    this.#building = [];
    this.#buildingBytes = 0;
    this.#parts = new Map();
    this.onFrame(frame);
  }

  #build(held: AcceptedEvent): void {
    const { seq, routes, replay, event, withheld } = held;
    const json = JSON.stringify(toEventJson(event));
    held.json = json;
    this.#builder.add({ seq, json, lanes: lanesOf(held), entries: entriesOf(routes, withheld), replay });
    this.#building.push(held);
    this.#buildingBytes += held.resident;
    for (const { lane, entry } of routes) addTo(this.#parts, lane, json.length + entrySize(entry));
  }
}

/** The lanes that took it; the event's own list where all did, which nearly all events share. */
function lanesOf({ routes, event }: AcceptedEvent): readonly string[] {
  return routes.length === event.lanes.length ? event.lanes : routes.map(({ lane }) => lane);
}
