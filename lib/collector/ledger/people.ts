import { NO_EVENTS } from './counts.js';
import type { Person } from './figures.js';
import type { ReceivedOutcome } from './received-event.js';
import { copyOf } from './text.js';

interface Entry {
  readonly platform: string;
  ids: string[];
  readonly events: Record<ReceivedOutcome, number>;
  lastReceivedAt: number;
  /** Neighbours in the order of their last event. */
  newer: Entry | undefined;
  older: Entry | undefined;
}

/** Longer ids are ignored, so that a person is bounded in bytes. */
const MAX_ID_LENGTH = 512;
/** Memory of an id in addition to its text. */
const ID_BYTES = 250;

/**
 * The people of all platforms. Ids are joined as a platform joins them: symmetric, transitive, and never across platforms,
 * because each platform knows its own aliases only. The persons with the oldest events are forgotten first.
 */
export class People {
  readonly #byPlatform = new Map<string, Map<string, Entry>>();
  #newest: Entry | undefined;
  #oldest: Entry | undefined;
  #bytes = 0;
  #size = 0;
  #forgotten = 0;

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#size;
  }

  /** People whom newer ones displaced. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Counts an event of the person with these ids; `join`: the platform takes the ids for one person from now on. */
  add(
    platform: string,
    ids: readonly (string | null)[],
    outcome: ReceivedOutcome,
    receivedAt: number,
    join: boolean,
  ): void {
    let entry: Entry | undefined;
    for (const id of ids) {
      if (id === null || id === '' || id.length > MAX_ID_LENGTH) continue;
      if (entry === undefined) entry = this.#entryOf(platform, id);
      else if (join) entry = this.#joined(entry, this.#entryOf(platform, id));
    }
    if (entry === undefined) return;
    entry.events[outcome]++;
    entry.lastReceivedAt = receivedAt;
    this.#unlink(entry);
    this.#link(entry);
    while (this.#bytes > this.maxBytes) this.#forgetOldest();
  }

  /** Whether an event with these ids is of the person with the id `person`. */
  isOf(platform: string, ids: readonly (string | null)[], person: string): boolean {
    if (ids.includes(person)) return true;
    const ofPlatform = this.#byPlatform.get(platform);
    const wanted = ofPlatform?.get(person);
    return wanted !== undefined && ids.some((id) => id !== null && ofPlatform!.get(id) === wanted);
  }

  /** The person with the newest event first. */
  *newest(): Generator<Person> {
    for (let each = this.#newest; each !== undefined; each = each.older) yield each;
  }

  clear(): void {
    this.#byPlatform.clear();
    this.#newest = this.#oldest = undefined;
    this.#bytes = this.#size = this.#forgotten = 0;
  }

  #entryOf(platform: string, id: string): Entry {
    let ofPlatform = this.#byPlatform.get(platform);
    if (ofPlatform === undefined) this.#byPlatform.set(platform, (ofPlatform = new Map()));
    const known = ofPlatform.get(id);
    if (known !== undefined) return known;
    const kept = copyOf(id);
    const entry: Entry = {
      platform,
      ids: [kept],
      events: { ...NO_EVENTS },
      lastReceivedAt: 0,
      newer: undefined,
      older: undefined,
    };
    ofPlatform.set(kept, entry);
    this.#link(entry);
    this.#bytes += ID_BYTES + id.length;
    this.#size++;
    return entry;
  }

  /** The smaller joins the larger, so that a long chain of aliases costs little for each. */
  #joined(one: Entry, other: Entry): Entry {
    if (one === other) return one;
    const [small, large] = one.ids.length <= other.ids.length ? [one, other] : [other, one];
    const ofPlatform = this.#byPlatform.get(large.platform)!;
    for (const id of small.ids) {
      large.ids.push(id);
      ofPlatform.set(id, large);
    }
    for (const outcome of Object.keys(small.events) as ReceivedOutcome[])
      large.events[outcome] += small.events[outcome];
    this.#unlink(small);
    this.#size--;
    return large;
  }

  #forgetOldest(): void {
    const entry = this.#oldest!;
    const ofPlatform = this.#byPlatform.get(entry.platform)!;
    for (const id of entry.ids) {
      ofPlatform.delete(id);
      this.#bytes -= ID_BYTES + id.length;
    }
    this.#unlink(entry);
    this.#size--;
    this.#forgotten++;
  }

  #link(entry: Entry): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    entry.newer = entry.older = undefined;
  }
}
