import { toEventJson } from '../../event/event-json.js';
import type { LaneEntry } from '../../event/lane-event.js';
import { entrySize } from '../entries.js';
import type { Route } from '../event-buffer.js';
import { JsonSlot } from '../slot.js';
import { MemoryEvent, type MemorySlot } from './memory-slot.js';

/** Heap bytes of an event that was taken out of its block, without its JSON. */
const RESIDENT_THAWED = 400;
/** Separates the entries of lanes. JSON escapes a line feed in a text. */
const LINE_FEED = '\n';

/** Data that most events of a block share. */
interface Kind {
  readonly lanes: readonly string[];
  /** The lanes in which the event is pending. */
  readonly routes: readonly Route[];
  readonly names: readonly string[];
}

/**
 * Pending events as UTF-8 JSON outside of the JavaScript heap, where V8 neither moves nor collects them and their bytes are
 * known exactly. Blocks are reused. Each lane takes its own copies out of the block.
 */
export class ColdBlock {
  /** Lanes that have not taken their copies. */
  lanesLeft = 0;
  #events = 0;
  #used = 0;
  #ascii = true;
  readonly #text: Buffer;
  /** The ends of each event's JSON and of its entries. */
  readonly #jsonEnds: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #sizes: Uint32Array;
  readonly #positions: Float64Array;
  readonly #since: Float64Array;
  readonly #kindOf: Uint16Array;
  #kinds: Kind[] = [];

  constructor(textBytes: number, maxEvents: number) {
    this.#text = Buffer.allocUnsafeSlow(textBytes);
    this.#jsonEnds = new Uint32Array(maxEvents);
    this.#ends = new Uint32Array(maxEvents);
    this.#sizes = new Uint32Array(maxEvents);
    this.#positions = new Float64Array(maxEvents);
    this.#since = new Float64Array(maxEvents);
    this.#kindOf = new Uint16Array(maxEvents);
  }

  /** A block for one event that is too large for the others. */
  static for(slot: MemorySlot, routes: readonly Route[]): ColdBlock {
    const json = JSON.stringify(toEventJson(slot.event));
    return new ColdBlock(Buffer.byteLength(json) + Buffer.byteLength(textOf(routes)), 1);
  }

  get events(): number {
    return this.#events;
  }

  get maxEvents(): number {
    return this.#ends.length;
  }

  /** Bytes that it allocates. */
  get bytes(): number {
    return this.#text.length + this.#ends.length * 30;
  }

  get firstPosition(): number {
    return this.#positions[0]!;
  }

  /**
   * Adds an event and its entries.
   *
   * @param routes the lanes in which it is pending
   * @returns false if the block has no room; it is not changed then
   */
  add(slot: MemorySlot, routes: readonly Route[]): boolean {
    const at = this.#events;
    if (at === this.#ends.length) return false;
    const json = JSON.stringify(toEventJson(slot.event));
    const entries = textOf(routes);
    const jsonBytes = Buffer.byteLength(json);
    const bytes = entries === '' ? jsonBytes : jsonBytes + Buffer.byteLength(entries);
    if (bytes > this.#text.length - this.#used) return false;
    // One byte for each unit is ASCII: writing and reading it as Latin-1 is several times faster.
    const ascii = bytes === json.length + entries.length;
    this.#ascii &&= ascii;
    this.#jsonEnds[at] = this.#write(json, ascii);
    this.#ends[at] = entries === '' ? this.#used : this.#write(entries, ascii);
    this.#sizes[at] = slot.stored.size;
    this.#positions[at] = slot.position;
    this.#since[at] = slot.since;
    this.#kindOf[at] = this.#kind(slot.event.lanes, routes);
    this.#events++;
    return true;
  }

  /** One lane's copies of its events, in order. */
  thaw(lane: string): MemorySlot[] {
    const slots: MemorySlot[] = [];
    for (let i = 0, start = 0; i < this.#events; i++) {
      const [jsonEnd, end] = [this.#jsonEnds[i]!, this.#ends[i]!];
      const { lanes, routes, names } = this.#kinds[this.#kindOf[i]!]!;
      const which = names.indexOf(lane);
      if (which !== -1) {
        const text = jsonEnd === end ? '' : this.#read(jsonEnd, end).split(LINE_FEED)[which]!;
        const route = text === '' ? routes[which]! : { lane, entry: JSON.parse(text) as LaneEntry };
        const json = this.#read(start, jsonEnd);
        slots.push(new ThawedSlot(json, lanes, route, this.#positions[i]!, this.#sizes[i]!, this.#since[i]!));
      }
      start = end;
    }
    return slots;
  }

  empty(): void {
    this.#events = 0;
    this.#used = 0;
    this.#ascii = true;
    this.#kinds = [];
  }

  /** @returns the end of the text */
  #write(text: string, ascii: boolean): number {
    this.#used += ascii ? this.#text.write(text, this.#used, 'latin1') : this.#text.write(text, this.#used);
    return this.#used;
  }

  #read(from: number, to: number): string {
    return this.#text.toString(this.#ascii ? 'latin1' : 'utf8', from, to);
  }

  #kind(lanes: readonly string[], routes: readonly Route[]): number {
    const last = this.#kinds.at(-1);
    const isLast =
      last?.lanes === lanes &&
      (last.routes === routes ||
        (last.names.length === routes.length && routes.every(({ lane }, i) => lane === last.names[i])));
    if (isLast) return this.#kinds.length - 1;
    const names = routes.map(({ lane }) => lane);
    const isPlain = routes.every(({ entry }) => entry === undefined);
    // The text has the entries: the objects can be collected.
    const plain = isPlain ? routes : names.map((lane) => ({ lane }));
    return this.#kinds.push({ lanes, routes: plain, names }) - 1;
  }
}

/** The entries of an event, one line for each lane; empty if there are none. */
function textOf(routes: readonly Route[]): string {
  if (routes.every(({ entry }) => entry === undefined)) return '';
  return routes.map(({ entry }) => (entry === undefined ? '' : JSON.stringify(entry))).join(LINE_FEED);
}

/** An event that was in a block. */
class ThawedSlot extends JsonSlot implements MemorySlot {
  readonly stored: MemoryEvent;
  readonly before = undefined;
  readonly bytes: number;

  constructor(
    json: string,
    lanes: readonly string[],
    readonly route: Route,
    readonly position: number,
    size: number,
    readonly since: number,
  ) {
    super(json, lanes);
    const own = entrySize(route.entry);
    this.stored = new MemoryEvent(RESIDENT_THAWED + json.length + own, [route], size);
    this.stored.last = this;
    this.stored.elsewhere = lanes.length > 1;
    this.bytes = size + own;
  }

  get entry(): LaneEntry | undefined {
    return this.route.entry;
  }
}
