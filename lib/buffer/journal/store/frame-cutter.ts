import { toEventJson } from '../../../event/event-json.js';
import { entrySize } from '../../entries.js';
import { FrameBuilder } from '../format/frame-builder.js';
import { entriesOf } from '../format/record.js';
import { addTo, Frame, type LanePart } from './frame.js';
import type { AcceptedEvent } from './accepted-event.js';

/** Bytes at which a frame is closed. */
export const FRAME_BYTES = 512 * 1024;
/** Free places at the beginning of the list, before it is shortened. */
const SPENT_PLACES = 4_096;

/** Serialises accepted events, a few at a time, into frames. */
export class FrameCutter {
  /** Events that are not serialised. */
  #hot: (AcceptedEvent | undefined)[] = [];
  #hotFrom = 0;
  #hotBytes = 0;
  readonly #builder = new FrameBuilder();
  /** Events that are serialised, in the frame that is being built. */
  #building: AcceptedEvent[] = [];
  #buildingBytes = 0;
  #parts = new Map<string, LanePart>();

  constructor(
    /** Whether there is memory to keep events as objects until they are on disk. */
    private readonly mayKeep: (resident: number) => boolean,
    private readonly onFrame: (frame: Frame) => void,
    /** An error of our own code: the event stays pending and is not written, and the next ones are. */
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Memory of events that are in no frame yet. */
  get bytes(): number {
    return this.#hotBytes + this.#buildingBytes;
  }

  /** Memory of events that are not serialised. */
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

  add(event: AcceptedEvent): void {
    this.#hot.push(event);
    this.#hotBytes += event.resident;
  }

  /** Serialises the oldest events: at most so many, or until a frame is full. */
  cut(maxEvents: number): void {
    const until = Math.min(this.#hot.length, this.#hotFrom + maxEvents);
    while (this.#hotFrom < until && this.#builder.bytes < FRAME_BYTES) {
      const accepted = this.#hot[this.#hotFrom]!;
      // The list must not keep the event in memory.
      this.#hot[this.#hotFrom++] = undefined;
      this.#hotBytes -= accepted.resident;
      try {
        this.#build(accepted);
      } catch (error) {
        this.onError(error);
      }
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

  /** Ends the frame that is being built. */
  close(): void {
    const events = this.#building;
    if (events.length === 0) return;
    const frame = new Frame(
      this.#builder.take(),
      events[0]!.seq,
      events.at(-1)!.seq,
      events.length,
      this.mayKeep(this.#buildingBytes) ? events : undefined,
      this.#buildingBytes,
      this.#parts,
    );
    this.#building = [];
    this.#buildingBytes = 0;
    this.#parts = new Map();
    this.onFrame(frame);
  }

  #build(accepted: AcceptedEvent): void {
    const { seq, routes, replay, event, withheld } = accepted;
    const json = JSON.stringify(toEventJson(event));
    accepted.json = json;
    this.#builder.add({ seq, json, lanes: lanesOf(accepted), entries: entriesOf(routes, withheld), replay });
    this.#building.push(accepted);
    this.#buildingBytes += accepted.resident;
    for (const { lane, entry } of routes) addTo(this.#parts, lane, json.length + entrySize(entry));
  }
}

/** The lanes that accepted it. If all lanes did, this is the event's own list, which nearly all events share. */
function lanesOf({ routes, event }: AcceptedEvent): readonly string[] {
  return routes.length === event.lanes.length ? event.lanes : routes.map(({ lane }) => lane);
}
