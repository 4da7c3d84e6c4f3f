import type { CollectorPlatform, ReadEvent } from '../platform.js';
import { Counts } from './counts.js';
import type { Kept, NameCounts, Person, PlatformCounts } from './figures.js';
import { History, type Listing } from './history.js';
import { keepEvent, type KeptEvent, keepRequest, type KeptRequest } from './kept.js';
import { People } from './people.js';
import { type EventQuery, idsOf, isInEvent, type Query, requestFilter, Search } from './query.js';
import type { ReceivedOutcome, ReceivedRequest } from './received.js';
import { RecentSet } from './recent-set.js';

const MEGABYTE = 1_024 * 1_024;
const MAX_REPETITIONS = 400_000;
const EVENT_BYTES = 32 * MEGABYTE;
const REQUEST_BYTES = 24 * MEGABYTE;
/** For events and for requests with problems. */
const INVALID_BYTES = 4 * MEGABYTE;
const PEOPLE_BYTES = 16 * MEGABYTE;
/** Of one request, more events than these are only counted: one request must not displace all others. */
const MAX_OF_REQUEST = 5_000;

/** Counts what was received, in bounded memory: totals are exact, lists have the latest only. */
export class Ledger {
  readonly #repetitions = new RecentSet(MAX_REPETITIONS);
  readonly #events = new History<KeptEvent>(EVENT_BYTES, INVALID_BYTES);
  readonly #requests = new History<KeptRequest>(REQUEST_BYTES, INVALID_BYTES);
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
  add(given: Omit<ReceivedRequest, 'number' | 'events'>, events: readonly ReadEvent[], account = ''): void {
    this.#revision++;
    const request = { number: ++this.#requestNumber, ...given, events: events.length };
    const { platform, receivedAt } = request;
    this.#counts.get(platform)!.addRequest(receivedAt, !request.kept);
    this.#requests.push(keepRequest(request, this.#eventNumber + 1));
    if (!request.kept) return;
    const share = (request.url.length + request.body.length) / events.length;
    const project = `${platform} ${account.length} ${account}`;
    for (const [i, event] of events.entries()) {
      const outcome = this.#count(request, event, project);
      const number = ++this.#eventNumber;
      const { repetition: _, ...shown } = event;
      const received = { number, request: request.number, platform, receivedAt, ...shown, outcome };
      if (i < MAX_OF_REQUEST) this.#events.push(keepEvent(received, share));
      else this.#events.latest.skip();
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
      events: this.#events.latest.size,
      forgottenEvents: this.#events.latest.forgotten,
      requests: this.#requests.latest.size,
      forgottenRequests: this.#requests.latest.forgotten,
      people: this.#people.size,
      forgottenPeople: this.#people.forgotten,
      repetitions: this.#repetitions.size,
      certainRepetitions: this.#repetitions.certain,
    };
  }

  /** Undefined: there was none, or it is no longer kept. */
  event(number: number): KeptEvent | undefined {
    return this.#events.find(number);
  }

  /** Undefined: there was none, or it is no longer kept. */
  request(number: number): KeptRequest | undefined {
    return this.#requests.find(number);
  }

  /** The latest events, newest first. */
  events(query: EventQuery = {}): Listing<KeptEvent> {
    return this.#events.latest.list(query, this.#filter(query));
  }

  /** The latest events with problems, newest first. They are kept longer than others. */
  invalidEvents(query: Query = {}): Listing<KeptEvent> {
    return this.#events.invalid.list(query, this.#filter(query));
  }

  /** The latest requests, newest first. */
  requests(query: Query = {}): Listing<KeptRequest> {
    return this.#requests.latest.list(query, requestFilter(query), rowBytes);
  }

  /** The latest requests with problems, newest first. They are kept longer than others. */
  invalidRequests(query: Query = {}): Listing<KeptRequest> {
    return this.#requests.invalid.list(query, requestFilter(query), rowBytes);
  }

  /** The first events of a request, those that are kept, newest first. */
  eventsOf({ number, firstEvent, events }: KeptRequest, limit: number): readonly KeptEvent[] {
    const range = { before: firstEvent + Math.min(events, limit), after: firstEvent - 1, limit };
    return this.#events.latest.list(range, ({ request }) => request === number).found;
  }

  /** The person with the newest event first. */
  people({ platform, search, limit }: Query = {}): readonly Person[] {
    const wanted = search === undefined ? undefined : new Search(search);
    const isWanted = (person: Person): boolean =>
      (platform === undefined || person.platform === platform) &&
      (wanted === undefined || wanted.inTexts(person.ids));
    return this.#people.newest().filter(isWanted).slice(0, limit);
  }

  /** Forgets everything except the numbers, so that no two events share one. */
  clear(): void {
    this.#revision++;
    for (const each of [this.#repetitions, this.#events, this.#requests, this.#people]) each.clear();
    this.#counts = countsOf(this.platforms);
  }

  #count({ platform, receivedAt }: ReceivedRequest, event: ReadEvent, project: string): ReceivedOutcome {
    const isDelivered = event.outcome === 'delivered' && !this.#isRepetition(project, event.repetition);
    const outcome = event.outcome === 'delivered' && !isDelivered ? 'duplicate' : event.outcome;
    this.#counts.get(platform)!.addEvent(event.kind, event.name, outcome);
    this.#people.add(platform, idsOf(event), outcome, receivedAt, isDelivered);
    return outcome;
  }

  /** Adds all texts of an event. It is a repetition where each of them is known. */
  #isRepetition(project: string, repetition: ReadEvent['repetition'] = []): boolean {
    const texts = typeof repetition === 'string' ? [repetition] : repetition;
    const added = texts.filter((text) => this.#repetitions.add(`${project} ${text}`));
    return added.length === 0 && texts.length > 0;
  }

  #filter({ platform, kind, outcome, name, person, search: text }: EventQuery) {
    const search = text === undefined ? undefined : new Search(text);
    return (event: KeptEvent): boolean =>
      (name === undefined || this.#isNamed(event, name)) &&
      (person === undefined || this.#people.isOf(event.platform, idsOf(event), person)) &&
      (platform === undefined || event.platform === platform) &&
      (kind === undefined || event.kind === kind) &&
      (outcome === undefined || event.outcome === outcome) &&
      (search === undefined || isInEvent(event, search));
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
