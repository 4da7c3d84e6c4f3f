import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Log } from '../../../host/log.js';
import type { Frame } from './frame.js';
import { FrameCutter } from './frame-cutter.js';
import type { AcceptedEvent } from './accepted-event.js';

/** The longest time that an event waits for others before it is written. */
const GROUP_MS = 15;
/** Events that are serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** Memory for events that are not serialised; beyond it the caller's own thread serialises the oldest. */
const HOT_BYTES = 2 * 1024 * 1024;
/** Events that it serialises at once. */
const HOT_SLICE = 64;

/** The environment of {@link Grouping}. */
export interface GroupingSetup {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a write is in progress, so that new events can wait until it ends. */
  isWriting(): boolean;
  /** Whether there is memory to keep events as objects until they are written. */
  mayKeep(resident: number): boolean;
  onFrame(frame: Frame): void;
}

/** Decides when accepted events are serialised: in groups, a few in each turn of the event loop. */
export class Grouping {
  readonly #cutter: FrameCutter;
  #timer: Timer | undefined;
  #isSlicing = false;
  /** Events are serialised as soon as the write in progress ends. */
  #isDue = false;

  constructor(private readonly setup: GroupingSetup) {
    this.#cutter = new FrameCutter(
      (resident) => setup.mayKeep(resident),
      (frame) => setup.onFrame(frame),
      (error) => setup.log.internalError('serialising an event', error),
    );
  }

  /** Memory of events that are in no frame yet. */
  get bytes(): number {
    return this.#cutter.bytes;
  }

  /** Number of the first event that is in no frame yet; Infinity for none. */
  get firstSeq(): number {
    return this.#cutter.firstSeq;
  }

  get events(): number {
    return this.#cutter.events;
  }

  add(event: AcceptedEvent): void {
    this.#cutter.add(event);
    if (this.#cutter.hotBytes > HOT_BYTES && event.seq % HOT_SLICE === 0) this.#cutter.cut(HOT_SLICE);
    if (this.#timer !== undefined || this.#isSlicing) return;
    this.#timer = detached(() => this.setup.clock.after(GROUP_MS, () => this.cutSoon()));
  }

  /** Serialises all events, in this turn and the following ones. */
  cutSoon(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isSlicing) return;
    // Events that arrive during a write become one group.
    if (this.setup.isWriting() && this.#cutter.hotBytes < HOT_BYTES / 2) {
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
    this.#cutter.cutAll();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#cutter.cutAll();
  }

  #slice(): void {
    this.#isDue = false;
    this.#cutter.cut(EVENTS_PER_TURN);
    if (this.#cutter.hotEvents > 0) {
      detached(() => this.setup.clock.soon(() => this.#slice()));
      return;
    }
    this.#isSlicing = false;
    this.#cutter.close();
  }
}
