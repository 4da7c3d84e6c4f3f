import { toEventJson } from '../../../event/event-json.js';
import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import { entrySize } from '../../entries.js';
import { Fifo } from '../../fifo.js';
import { FrameBuilder } from '../format/frame-builder.js';
import { entriesOf } from '../format/record.js';
import type { Environment } from './environment.js';
import { addTo, Frame, type LanePart } from './frame.js';
import type { FrameQueue } from './frame-queue.js';
import type { JournalSlot } from './journal-slot.js';
import type { OfferedEvent } from './offered-event.js';

/** Bytes at which a frame is closed. */
const FRAME_BYTES = 512 * 1024;
/** The longest time that an event waits for others before it is written. */
const GROUP_MS = 15;
/** Events that are serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** Memory for events that are not serialised; beyond it the caller's own thread serialises the oldest. */
const HOT_BYTES = 2 * 1024 * 1024;
/** Events that it serialises at once. */
const HOT_SLICE = 64;

/** Serialises offered events into frames: in groups, a few in each turn of the event loop. */
export class Grouping {
  /** Events that are not serialised. */
  readonly #hot = new Fifo<OfferedEvent>();
  #hotBytes = 0;
  readonly #builder = new FrameBuilder();
  /** Events that are serialised, in the frame that is being built. */
  #building: OfferedEvent[] = [];
  #buildingBytes = 0;
  #parts = new Map<string, LanePart>();
  #timer: Timer | undefined;
  #isSlicing = false;
  /** Events are serialised as soon as the write in progress ends. */
  #isDue = false;

  constructor(
    private readonly env: Environment,
    private readonly frames: FrameQueue,
    /** Whether a write is in progress, so that new events can wait until it ends. */
    private readonly isWriting: () => boolean,
    private readonly onFrame: (frame: Frame) => void,
  ) {}

  /** Memory of events that are in no frame yet. */
  get bytes(): number {
    return this.#hotBytes + this.#buildingBytes;
  }

  /** Number of the first event that is in no frame yet; Infinity for none. */
  get firstSeq(): number {
    return this.#building[0]?.seq ?? this.#hot.first?.seq ?? Infinity;
  }

  /** Events that are in no frame yet. */
  get events(): number {
    return this.#building.length + this.#hot.length;
  }

  add(event: OfferedEvent): void {
    this.#hot.push(event);
    this.#hotBytes += event.resident;
    if (this.#hotBytes > HOT_BYTES && event.seq % HOT_SLICE === 0) this.#cut(HOT_SLICE);
    if (this.#timer !== undefined || this.#isSlicing) return;
    this.#timer = detached(() => this.env.clock.after(GROUP_MS, () => this.cutSoon()));
  }

  /** Serialises all events, in this turn and the following ones. */
  cutSoon(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isSlicing) return;
    // Events that arrive during a write become one group.
    if (this.isWriting() && this.#hotBytes < HOT_BYTES / 2) {
      this.#isDue = true;
      return;
    }
    this.#isSlicing = true;
    this.#slice();
  }

  /** Serialises the events that arrived during a write. */
  cutDue(): void {
    if (this.#isDue) this.cutSoon();
  }

  /** Serialises all events in this turn. */
  cutAll(): void {
    while (this.#hot.length > 0) this.#cut(Infinity);
    this.#close();
  }

  stop(): void {
    this.#timer?.cancel();
    this.cutAll();
  }

  #slice(): void {
    this.#isDue = false;
    this.#cut(EVENTS_PER_TURN);
    if (this.#hot.length > 0) {
      detached(() => this.env.clock.soon(() => this.#slice()));
      return;
    }
    this.#isSlicing = false;
    this.#close();
  }

  /** Serialises the oldest events: at most so many, or until a frame is full. */
  #cut(maxEvents: number): void {
    let left = Math.min(this.#hot.length, maxEvents);
    for (; left > 0 && this.#builder.bytes < FRAME_BYTES; left--) {
      const event = this.#hot.shift()!;
      this.#hotBytes -= event.resident;
      try {
        this.#build(event);
      } catch (error) {
        // The event stays pending and is not written.
        this.env.log.internalError('serialising an event', error);
      }
    }
    if (this.#builder.bytes >= FRAME_BYTES) this.#close();
  }

  #build(offered: OfferedEvent): void {
    const { seq, routes, replay, event, withheld } = offered;
    const json = JSON.stringify(toEventJson(event));
    offered.json = json;
    this.#builder.add({ seq, json, lanes: lanesOf(offered), entries: entriesOf(routes, withheld), replay });
    this.#building.push(offered);
    this.#buildingBytes += offered.resident;
    for (const { lane, entry } of routes) addTo(this.#parts, lane, json.length + entrySize(entry));
  }

  /** Ends the frame that is being built. */
  #close(): void {
    const events = this.#building;
    const resident = this.#buildingBytes;
    if (events.length === 0) return;
    const objects = this.frames.mayKeep(resident) ? events : undefined;
    const frame = new Frame(
      this.#builder.take(),
      events[0]!.seq,
      events.length,
      this.#parts,
      objects,
      resident,
    );
    this.#building = [];
    this.#buildingBytes = 0;
    this.#parts = new Map();
    this.onFrame(frame);
  }
}

/** The lanes that accepted it. If all lanes did, this is the event's own list, which nearly all events share. */
function lanesOf({ routes, event }: OfferedEvent): readonly string[] {
  return routes.length === event.lanes.length ? event.lanes : routes.map(({ lane }) => lane);
}

/** An event in memory, and the lane that has it. */
export type LaneSlot = readonly [lane: string, slot: JournalSlot];

/**
 * Frames of events that lanes have in memory: one record for each lane, with new numbers, because the old ones may be of different
 * folders. The frames become the homes of the slots.
 */
export function rewritten(slots: readonly LaneSlot[], nextSeq: () => number): Frame[] {
  const frames: Frame[] = [];
  const builder = new FrameBuilder();
  let taken: LaneSlot[] = [];
  const close = (): void => {
    if (taken.length === 0) return;
    const parts = new Map<string, LanePart>();
    for (const [lane, { bytes }] of taken) addTo(parts, lane, bytes);
    const frame = new Frame(builder.take(), taken[0]![1].seq, taken.length, parts);
    frame.exposed = true;
    for (const [, slot] of taken) slot.home = frame;
    frames.push(frame);
    taken = [];
  };
  for (const [lane, slot] of slots) {
    slot.seq = nextSeq();
    const { seq, entry, withheld } = slot;
    const json = slot.json ?? JSON.stringify(toEventJson(slot.event));
    builder.add({ seq, json, lanes: [lane], entries: entriesOf([{ lane, entry }], withheld) });
    taken.push([lane, slot]);
    if (builder.bytes >= FRAME_BYTES) close();
  }
  close();
  return frames;
}
