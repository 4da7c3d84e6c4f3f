import type { CollectorPlatform, ReadEvent } from '../platform.js';
import { People } from './people.js';
import type { EventKind, ReceivedEvent, ReceivedOutcome } from './received-event.js';
import type { ReceivedRequest } from './received-request.js';
import { RecentSet } from './recent-set.js';
import { Ring } from './ring.js';

/** Counts of events by their outcome. */
export type OutcomeCounts = Readonly<Record<ReceivedOutcome, number>>;

/** The counts of one event name at one platform. */
export interface NameCounts extends OutcomeCounts {
  readonly platform: string;
  readonly kind: EventKind;
  readonly name: string;
}

/** The counts of one platform. */
export interface PlatformCounts extends OutcomeCounts {
  readonly platform: string;
  readonly title: string;
  readonly requests: number;
  /** Requests that a scripted answer failed: their senders have the events still. */
  readonly failedRequests: number;
}

/** Selects from the latest events. */
export interface EventQuery {
  readonly platform?: string | undefined;
  readonly kind?: EventKind | undefined;
  readonly name?: string | undefined;
  /** Any id of the person, also one that was joined to it. */
  readonly person?: string | undefined;
  readonly outcome?: ReceivedOutcome | undefined;
  /** Text in any member. */
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
}

const NONE: OutcomeCounts = { delivered: 0, duplicate: 0, rejected: 0, dropped: 0 };
const MAX_REPETITIONS = 400_000;
const MAX_EVENTS = 20_000;
const MAX_REQUESTS = 2_000;
const MAX_IDS = 100_000;
const MAX_NAMES = 2_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts what was received, in bounded memory: totals are exact, lists have the latest only. */
export class Ledger {
  readonly #seen = new RecentSet(MAX_REPETITIONS);
  readonly #events = new Ring<ReceivedEvent>(MAX_EVENTS);
  readonly #requests = new Ring<ReceivedRequest>(MAX_REQUESTS);
  readonly #people = new People(MAX_IDS);
  readonly #platforms = new Map<string, Mutable<PlatformCounts>>();
  readonly #names = new Map<string, Mutable<NameCounts>>();
  #eventNumber = 0;

  constructor(private readonly platforms: readonly CollectorPlatform[]) {
    this.clear();
  }

  /** Adds a request with its events; those of a request that is not kept are not counted. */
  add(request: ReceivedRequest, events: readonly ReadEvent[]): void {
    const counts = this.#platforms.get(request.platform)!;
    counts.requests++;
    this.#requests.push(request);
    if (!request.kept) {
      counts.failedRequests++;
      return;
    }
    for (const event of events) this.#addEvent(request, event, counts);
  }

  platformCounts(): PlatformCounts[] {
    return [...this.#platforms.values()].map((each) => ({ ...each }));
  }

  nameCounts(): NameCounts[] {
    return [...this.#names.values()].map((each) => ({ ...each }));
  }

  /** The latest events, newest first. */
  events({ platform, kind, name, person, outcome, search, limit = 100 }: EventQuery = {}): ReceivedEvent[] {
    const found: ReceivedEvent[] = [];
    for (const each of this.#events.newest()) {
      if (found.length >= limit) break;
      if (platform !== undefined && each.platform !== platform) continue;
      if (kind !== undefined && each.kind !== kind) continue;
      if (name !== undefined && each.name !== name) continue;
      if (outcome !== undefined && each.outcome !== outcome) continue;
      if (person !== undefined && !this.#isOf(each, person)) continue;
      if (search !== undefined && !JSON.stringify(each).includes(search)) continue;
      found.push(each);
    }
    return found;
  }

  /** The latest requests, newest first. */
  requests(): ReceivedRequest[] {
    return [...this.#requests.newest()];
  }

  clear(): void {
    for (const each of [this.#seen, this.#events, this.#requests, this.#people, this.#names]) each.clear();
    for (const { name: platform, title } of this.platforms) {
      this.#platforms.set(platform, { platform, title, requests: 0, failedRequests: 0, ...NONE });
    }
  }

  #addEvent(
    { number: request, platform, receivedAt }: ReceivedRequest,
    { repetition, ...event }: ReadEvent,
    counts: Mutable<PlatformCounts>,
  ): void {
    const isRepeated =
      event.outcome === 'delivered' &&
      repetition !== undefined &&
      !this.#seen.add(`${platform} ${repetition}`);
    const outcome: ReceivedOutcome = isRepeated ? 'duplicate' : event.outcome;
    counts[outcome]++;
    this.#countName(platform, event, outcome);
    if (outcome === 'delivered' && event.userId !== null && event.anonymousId !== null) {
      this.#people.link(`${platform} ${event.userId}`, `${platform} ${event.anonymousId}`);
    }
    this.#events.push({ ...event, number: ++this.#eventNumber, request, platform, receivedAt, outcome });
  }

  #countName(
    platform: string,
    { kind, name }: Pick<ReadEvent, 'kind' | 'name'>,
    outcome: ReceivedOutcome,
  ): void {
    const key = `${platform} ${kind} ${name}`;
    let counts = this.#names.get(key);
    if (counts === undefined && this.#names.size < MAX_NAMES) {
      this.#names.set(key, (counts = { platform, kind, name, ...NONE }));
    }
    if (counts !== undefined) counts[outcome]++;
  }

  #isOf({ platform, userId, anonymousId }: ReceivedEvent, person: string): boolean {
    const ids = this.#people.idsOf(`${platform} ${person}`);
    return ids.has(`${platform} ${userId}`) || ids.has(`${platform} ${anonymousId}`);
  }
}
