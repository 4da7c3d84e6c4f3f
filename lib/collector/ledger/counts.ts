import type { CollectorPlatform } from '../platform.js';
import type { NameCounts, OutcomeCounts, PlatformCounts } from './figures.js';
import type { EventKind, ReceivedOutcome } from './received.js';
import { copyOf } from './text.js';

export const NO_EVENTS: OutcomeCounts = { delivered: 0, duplicate: 0, rejected: 0, dropped: 0 };

/** Names that are counted separately, for each platform. */
const MAX_NAMES = 500;
/** A longer name is counted under the other names. */
const MAX_NAME_LENGTH = 256;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts what one platform received. All totals are exact. */
export class Counts {
  readonly #platform: Mutable<PlatformCounts>;
  /** By kind, then by name as the platform compares it; null: the other names. */
  readonly #names = new Map<EventKind, Map<string | null, Mutable<NameCounts>>>();
  #size = 0;

  constructor(private readonly platform: CollectorPlatform) {
    const { name, title } = platform;
    this.#platform = {
      platform: name,
      title,
      requests: 0,
      failedRequests: 0,
      lastReceivedAt: null,
      ...NO_EVENTS,
    };
  }

  addRequest(receivedAt: number, isFailed: boolean): void {
    this.#platform.requests++;
    if (isFailed) this.#platform.failedRequests++;
    this.#platform.lastReceivedAt = receivedAt;
  }

  addEvent(kind: EventKind, name: string, outcome: ReceivedOutcome): void {
    this.#platform[outcome]++;
    this.#countsOf(kind, hasName(kind) ? name : '')[outcome]++;
  }

  get ofPlatform(): PlatformCounts {
    return { ...this.#platform };
  }

  get ofNames(): NameCounts[] {
    return [...this.#names.values()].flatMap((ofKind) =>
      Array.from(ofKind.values(), (counts) => ({ ...counts })),
    );
  }

  /** The name as the platform compares it. */
  key(name: string): string {
    return this.platform.ignoresCase === true ? name.toLowerCase() : name;
  }

  #countsOf(kind: EventKind, name: string): Mutable<NameCounts> {
    let ofKind = this.#names.get(kind);
    if (ofKind === undefined) this.#names.set(kind, (ofKind = new Map()));
    const own = name.length > MAX_NAME_LENGTH ? null : this.key(name);
    const isFull = own !== '' && this.#size >= MAX_NAMES;
    const key = isFull && !ofKind.has(own) ? null : own;
    const known = ofKind.get(key);
    if (known !== undefined) return known;
    const added = {
      platform: this.platform.name,
      kind,
      name: key === null ? null : copyOf(name),
      ...NO_EVENTS,
    };
    ofKind.set(copyOf(key), added);
    if (key !== null) this.#size++;
    return added;
  }
}

function hasName(kind: EventKind): boolean {
  return kind === 'track' || kind === 'page' || kind === 'screen';
}
