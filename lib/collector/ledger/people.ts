import { NO_EVENTS } from './counts.js';
import type { Person } from './figures.js';
import { RECEIVED_OUTCOMES, type ReceivedOutcome } from './received.js';
import { copyOf } from './text.js';

interface Entry {
  readonly platform: string;
  readonly ids: string[];
  readonly events: Record<ReceivedOutcome, number>;
  lastReceivedAt: number;
}

/** Longer ids are ignored, so that a person is bounded in bytes. */
const MAX_ID_LENGTH = 512;
/** Memory of an id in addition to its text. */
const ID_BYTES = 250;

/** The people of all platforms. Each platform joins its own ids only. The persons with the oldest events are forgotten first. */
export class People {
  readonly #byPlatform = new Map<string, Map<string, Entry>>();
  /** The person with the oldest event first. */
  readonly #entries = new Set<Entry>();
  /** One pass over the entries: those before it were removed, or moved to the end. A new pass would skip their places again. */
  #oldest = this.#entries.values();
  #bytes = 0;
  #forgotten = 0;

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** People whom newer ones displaced. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Counts an event of the person with these ids; `join`: to the platform they are one person from now on. */
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
    this.#entries.delete(entry);
    this.#entries.add(entry);
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
  newest(): Person[] {
    return [...this.#entries].reverse();
  }

  clear(): void {
    this.#byPlatform.clear();
    this.#entries.clear();
    this.#oldest = this.#entries.values();
    this.#bytes = this.#forgotten = 0;
  }

  #entryOf(platform: string, id: string): Entry {
    let ofPlatform = this.#byPlatform.get(platform);
    if (ofPlatform === undefined) this.#byPlatform.set(platform, (ofPlatform = new Map()));
    const known = ofPlatform.get(id);
    if (known !== undefined) return known;
    const kept = copyOf(id);
    const entry: Entry = { platform, ids: [kept], events: { ...NO_EVENTS }, lastReceivedAt: 0 };
    ofPlatform.set(kept, entry);
    this.#entries.add(entry);
    this.#bytes += ID_BYTES + id.length;
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
    for (const outcome of RECEIVED_OUTCOMES) large.events[outcome] += small.events[outcome];
    this.#entries.delete(small);
    return large;
  }

  #forgetOldest(): void {
    const entry = this.#oldest.next().value!;
    const ofPlatform = this.#byPlatform.get(entry.platform)!;
    for (const id of entry.ids) {
      ofPlatform.delete(id);
      this.#bytes -= ID_BYTES + id.length;
    }
    this.#entries.delete(entry);
    this.#forgotten++;
  }
}
