import type { CollectorPlatform, ReadEvent } from '../platform.js';
import { Counts } from './counts.js';
import type { Kept, NameCounts, Person, PlatformCounts } from './figures.js';
import { keepEvent, type KeptEvent } from './kept-event.js';
import { keepRequest, type KeptRequest } from './kept-request.js';
import { list, type Listing } from './listing.js';
import { People } from './people.js';
import { type EventQuery, eventFilter, idsOf, type Query, requestFilter } from './query.js';
import type { ReceivedOutcome } from './received-event.js';
import type { ReceivedRequest } from './received-request.js';
import { RecentSet } from './recent-set.js';
import { Ring } from './ring.js';
import { Search } from './search.js';

const MEGABYTE = 1_024 * 1_024;
const MAX_REPETITIONS = 400_000;
const EVENT_BYTES = 32 * MEGABYTE;
const REQUEST_BYTES = 24 * MEGABYTE;
/** For events and for requests with problems, so that those without problems do not displace them. */
const INVALID_BYTES = 4 * MEGABYTE;
const PEOPLE_BYTES = 16 * MEGABYTE;
/** Of one request, more events than these are only counted: one request must not displace all others. */
const MAX_OF_REQUEST = 5_000;
const LIMIT = 100;

/** Counts what was received, in bounded memory: totals are exact, lists have the latest only. */
export class Ledger {
  readonly #repetitions = new RecentSet(MAX_REPETITIONS);
  readonly #events = new Ring<KeptEvent>(EVENT_BYTES);
  readonly #requests = new Ring<KeptRequest>(REQUEST_BYTES);
  readonly #invalidEvents = new Ring<KeptEvent>(INVALID_BYTES);
  readonly #invalidRequests = new Ring<KeptRequest>(INVALID_BYTES);
  readonly #people = new People(PEOPLE_BYTES);
  #counts: ReadonlyMap<string, Counts>;
  #eventNumber = 0;
  #requestNumber = 0;
  #revision = 0;

  constructor(private readonly platforms: readonly CollectorPlatform[]) {
    this.#counts = countsOf(platforms);
  }

  /** Changes whenever a count or a list changes. */
  get revision(): number {
    return this.#revision;
  }

  get platformNames(): readonly string[] {
    return [...this.#counts.keys()];
  }

  /** Adds a request with its events; those of a request that is not kept are not counted. A repetition is known within its account. */
  add(request: ReceivedRequest, events: readonly ReadEvent[], account = ''): void {
    this.#revision++;
    const { platform, receivedAt } = request;
    const counts = this.#counts.get(platform)!;
    counts.addRequest(receivedAt, !request.kept);
    this.#requestNumber = request.number;
    const kept = keepRequest(request, this.#eventNumber + 1);
    this.#requests.push(kept);
    if (kept.problems.length > 0) this.#invalidRequests.push(kept);
    if (!request.kept) return;
    const share = (request.url.length + request.body.length) / events.length;
    const project = `${platform} ${account.length} ${account}`;
    for (const [i, event] of events.entries()) {
      const outcome = this.#count(request, event, counts, project);
      const number = ++this.#eventNumber;
      if (i < MAX_OF_REQUEST) this.#keep(number, request, event, outcome, share);
      else this.#events.skip();
    }
  }

  platformCounts(): PlatformCounts[] {
    return Array.from(this.#counts.values(), (counts) => counts.ofPlatform);
  }

  nameCounts(): NameCounts[] {
    return [...this.#counts.values()].flatMap((counts) => counts.ofNames);
  }

  get kept(): Kept {
    return {
      latestEvent: this.#eventNumber,
      latestRequest: this.#requestNumber,
      events: this.#events.size,
      forgottenEvents: this.#events.forgotten,
      requests: this.#requests.size,
      forgottenRequests: this.#requests.forgotten,
      people: this.#people.size,
      forgottenPeople: this.#people.forgotten,
      repetitions: this.#repetitions.size,
      certainRepetitions: this.#repetitions.certain,
    };
  }

  /** Undefined: there was none, or it is no longer kept. */
  event(number: number): KeptEvent | undefined {
    return this.#events.find(number) ?? this.#invalidEvents.find(number);
  }

  /** The latest events, newest first. */
  events(query: EventQuery = {}): Listing<KeptEvent> {
    const { before, after, limit = LIMIT, search } = query;
    const reads = search !== undefined;
    return list(this.#events.newest(before), { limit, after, reads }, this.#filter(query));
  }

  /** The latest events with problems, newest first. They are kept longer than others. */
  invalidEvents(query: EventQuery = {}): Listing<KeptEvent> {
    const { before, limit = LIMIT } = query;
    return list(this.#invalidEvents.newest(before), { limit, reads: false }, this.#filter(query));
  }

  /** The latest requests, newest first. */
  requests(query: Query = {}): Listing<KeptRequest> {
    const { before, limit = LIMIT, search } = query;
    const reads = search !== undefined;
    return list(this.#requests.newest(before), { limit, reads, rowBytes }, requestFilter(query));
  }

  /** The latest requests with problems, newest first. They are kept longer than others. */
  invalidRequests(query: Query = {}): Listing<KeptRequest> {
    const { before, limit = LIMIT } = query;
    return list(
      this.#invalidRequests.newest(before),
      { limit, reads: false, rowBytes },
      requestFilter(query),
    );
  }

  /** Undefined: there was none, or it is no longer kept. */
  request(number: number): KeptRequest | undefined {
    return this.#requests.find(number) ?? this.#invalidRequests.find(number);
  }

  /** The first events of a request, those that are kept, newest first. */
  eventsOf({ number, firstEvent, events }: KeptRequest, limit: number): readonly KeptEvent[] {
    const newest = this.#events.newest(firstEvent + Math.min(events, limit));
    const range = { limit, after: firstEvent - 1, reads: false };
    return list(newest, range, ({ request }) => request === number).found;
  }

  /** The person with the newest event first. */
  people({ platform, search, limit = LIMIT }: Query = {}): readonly Person[] {
    const wanted = search === undefined ? undefined : new Search(search);
    const found: Person[] = [];
    for (const person of this.#people.newest()) {
      if (found.length >= limit) break;
      if (platform !== undefined && person.platform !== platform) continue;
      if (wanted === undefined || wanted.inTexts(person.ids)) found.push(person);
    }
    return found;
  }

  /** Forgets everything except the numbers, so that no two events share one. */
  clear(): void {
    this.#revision++;
    for (const each of [
      this.#repetitions,
      this.#events,
      this.#requests,
      this.#invalidEvents,
      this.#invalidRequests,
      this.#people,
    ])
      each.clear();
    this.#counts = countsOf(this.platforms);
  }

  #count(
    { platform, receivedAt }: ReceivedRequest,
    event: ReadEvent,
    counts: Counts,
    project: string,
  ): ReceivedOutcome {
    const isDelivered = event.outcome === 'delivered' && !this.#isRepetition(project, event.repetition);
    const outcome = event.outcome === 'delivered' && !isDelivered ? 'duplicate' : event.outcome;
    counts.addEvent(event.kind, event.name, outcome);
    this.#people.add(platform, idsOf(event), outcome, receivedAt, isDelivered);
    return outcome;
  }

  #keep(
    number: number,
    { number: request, platform, receivedAt }: ReceivedRequest,
    event: ReadEvent,
    outcome: ReceivedOutcome,
    share: number,
  ): void {
    const kept = keepEvent(
      {
        number,
        request,
        platform,
        receivedAt,
        kind: event.kind,
        name: event.name,
        id: event.id,
        userId: event.userId,
        anonymousId: event.anonymousId,
        time: event.time,
        properties: event.properties,
        outcome,
        problems: event.problems,
      },
      share,
    );
    this.#events.push(kept);
    if (kept.problems.length > 0) this.#invalidEvents.push(kept);
  }

  #isRepetition(project: string, repetition: ReadEvent['repetition']): boolean {
    if (repetition === undefined) return false;
    if (typeof repetition === 'string') return !this.#repetitions.add(`${project} ${repetition}`);
    let isNew = false;
    for (const text of repetition) if (this.#repetitions.add(`${project} ${text}`)) isNew = true;
    return !isNew && repetition.length > 0;
  }

  #filter({ name, person, ...query }: EventQuery): (event: KeptEvent) => boolean {
    const isWanted = eventFilter(query);
    return (event) =>
      (name === undefined || this.#isNamed(event, name)) &&
      (person === undefined || this.#people.isOf(event.platform, idsOf(event), person)) &&
      isWanted(event);
  }

  #isNamed(event: KeptEvent, name: string): boolean {
    const counts = this.#counts.get(event.platform)!;
    return event.name === name || counts.key(event.name) === counts.key(name);
  }
}

function countsOf(platforms: readonly CollectorPlatform[]): ReadonlyMap<string, Counts> {
  return new Map(platforms.map((platform) => [platform.name, new Counts(platform)]));
}

/** Of a request in a list, which shows neither its body nor its answer. */
function rowBytes({ url }: KeptRequest): number {
  return url.length + 500;
}
