import { fromEventJson, toEventJson } from '../../event/event-json.js';
import type { LaneEntry } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Route } from '../event-buffer.js';
import { Held, WAITS } from './slot.js';
import type { Slot } from './slot.js';

/** Heap bytes of an event that is out of its block again, beside its JSON. */
const RESIDENT_THAWED = 400;

/** What is known of an event without reading it, and the same for most events of a block. */
interface Kind {
  readonly lanes: readonly string[];
  /** The lanes that wait for it. */
  readonly routes: readonly Route[];
}

/**
 * A run of waiting events as UTF-8 JSON, outside of the JavaScript heap and used again and again: what V8 would have to
 * move and collect costs it nothing here, and a bound in bytes means what it says. Each lane that waits for the events takes
 * its own copies out in turn.
 */
export class ColdBlock {
  /** Lanes that have not taken it. */
  lanesLeft = 0;
  #events = 0;
  #used = 0;
  #ascii = true;
  readonly #text: Buffer;
  readonly #ends: Uint32Array;
  readonly #sizes: Uint32Array;
  readonly #positions: Float64Array;
  readonly #since: Float64Array;
  readonly #kindOf: Uint16Array;
  #kinds: Kind[] = [];

  constructor(textBytes: number, maxEvents: number) {
    this.#text = Buffer.allocUnsafeSlow(textBytes);
    this.#ends = new Uint32Array(maxEvents);
    this.#sizes = new Uint32Array(maxEvents);
    this.#positions = new Float64Array(maxEvents);
    this.#since = new Float64Array(maxEvents);
    this.#kindOf = new Uint16Array(maxEvents);
  }

  /** A block for one event that is too large for the others. */
  static for(slot: Slot): ColdBlock {
    return new ColdBlock(Buffer.byteLength(JSON.stringify(toEventJson(slot.event))), 1);
  }

  get events(): number {
    return this.#events;
  }

  get maxEvents(): number {
    return this.#ends.length;
  }

  /** Bytes that it takes, full or not. */
  get bytes(): number {
    return this.#text.length + this.#ends.length * 26;
  }

  get firstPosition(): number {
    return this.#positions[0]!;
  }

  /**
   * Writes an event behind the others.
   *
   * @param routes the lanes that wait for it
   * @returns false when it does not fit any more; nothing is changed then
   */
  add(slot: Slot, routes: readonly Route[]): boolean {
    const at = this.#events;
    if (at === this.#ends.length) return false;
    const json = JSON.stringify(toEventJson(slot.event));
    const bytes = Buffer.byteLength(json);
    if (bytes > this.#text.length - this.#used) return false;
    // One byte a unit: plain ASCII, which is written and read as Latin-1 several times faster.
    const ascii = bytes === json.length;
    this.#ascii &&= ascii;
    this.#used += ascii ? this.#text.write(json, this.#used, 'latin1') : this.#text.write(json, this.#used);
    this.#ends[at] = this.#used;
    this.#sizes[at] = slot.bytes;
    this.#positions[at] = slot.position;
    this.#since[at] = slot.since;
    this.#kindOf[at] = this.#kind(slot.event.lanes, routes);
    this.#events++;
    return true;
  }

  /** One lane's copies of its events, in their order. */
  thaw(lane: string): Slot[] {
    const slots: Slot[] = [];
    for (let i = 0, start = 0; i < this.#events; i++) {
      const end = this.#ends[i]!;
      const { lanes, routes } = this.#kinds[this.#kindOf[i]!]!;
      const route = routes.find((candidate) => candidate.lane === lane);
      if (route !== undefined) {
        const json = this.#text.toString(this.#ascii ? 'latin1' : 'utf8', start, end);
        slots.push(new ThawedSlot(json, lanes, route, this.#positions[i]!, this.#sizes[i]!, this.#since[i]!));
      }
      start = end;
    }
    return slots;
  }

  /** Makes it as good as new. */
  empty(): void {
    this.#events = 0;
    this.#used = 0;
    this.#ascii = true;
    this.#kinds = [];
  }

  #kind(lanes: readonly string[], routes: readonly Route[]): number {
    const last = this.#kinds.at(-1);
    if (last?.lanes === lanes && last.routes === routes) return this.#kinds.length - 1;
    return this.#kinds.push({ lanes, routes }) - 1;
  }
}

/** An event that was in a block. It is read from its JSON only if somebody asks for more than that. */
class ThawedSlot implements Slot {
  readonly held: Held;
  lease = WAITS;
  readonly before = undefined;
  #event: TrackingEvent | undefined;

  constructor(
    readonly json: string,
    private readonly lanes: readonly string[],
    readonly route: Route,
    readonly position: number,
    readonly bytes: number,
    readonly since: number,
  ) {
    this.held = new Held(RESIDENT_THAWED + json.length, [route]);
    this.held.last = this;
    this.held.elsewhere = lanes.length > 1;
  }

  get event(): TrackingEvent {
    return (this.#event ??= fromEventJson(this.json, this.lanes));
  }

  get entry(): LaneEntry | undefined {
    return this.route.entry;
  }
}
