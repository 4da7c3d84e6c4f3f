import type { InvalidRequest, Operation } from './operation.js';
import { People } from './people.js';
import { RecentSet } from './recent-set.js';
import { Ring } from './ring.js';

/** The counts of one event name. */
export interface EventCount {
  /** As first received; the platform ignores upper and lower case. */
  readonly name: string;
  /** Requests with this name. */
  received: number;
  /** As the platform's reports count: once per person and second. */
  counted: number;
  /** received - counted. */
  duplicates: number;
}

/** The counts of the collector, as plain JSON. */
export interface CollectorStats {
  /** Requests to the tracking API that were answered with 200. */
  readonly received: number;
  readonly events: EventCount;
  readonly byEvent: readonly EventCount[];
  readonly byProduct: Readonly<Record<string, number>>;
  readonly properties: { readonly received: number; readonly counted: number };
  readonly aliases: { readonly received: number; readonly counted: number };
  /** Requests that the platform would ignore, also answered with 200: see `invalid()`. */
  readonly invalid: number;
}

/** An operation that was received. */
export interface Recorded extends Operation {
  readonly receivedAt: number;
  /** True: the platform would not count it again. */
  readonly duplicate: boolean;
}

/** Selects from the latest operations. */
export interface Wanted {
  readonly kind?: Operation['kind'] | undefined;
  /** Upper and lower case make no difference. */
  readonly name?: string | undefined;
  /** Any id of the person, also one that an alias joined. */
  readonly person?: string | undefined;
  readonly limit?: number | undefined;
}

const MAX_SEEN = 400_000;
const MAX_LATEST = 20_000;
const MAX_INVALID = 1_000;
const MAX_NAMES = 2_000;
const MAX_IDS = 100_000;

/** Counts as KISSmetrics does, in bounded memory: totals are exact, the list has the latest operations only. */
export class Ledger {
  readonly #seen = new RecentSet(MAX_SEEN);
  readonly #latest = new Ring<Recorded>(MAX_LATEST);
  readonly #invalid = new Ring<InvalidRequest>(MAX_INVALID);
  readonly #people = new People(MAX_IDS);
  readonly #byEvent = new Map<string, EventCount>();
  readonly #byProduct = new Map<string, number>();
  #totals = noTotals();
  #requests = 0;

  add(operation: Operation, now: number): void {
    const { product } = operation;
    this.#requests++;
    this.#byProduct.set(product, (this.#byProduct.get(product) ?? 0) + 1);
    const fresh = this.#count(operation);
    this.#latest.push({ ...operation, receivedAt: now, duplicate: !fresh });
  }

  addInvalid(request: InvalidRequest): void {
    this.#requests++;
    this.#totals.invalid++;
    this.#invalid.push(request);
  }

  stats(): CollectorStats {
    const { events, properties, aliases, invalid } = this.#totals;
    return {
      received: this.#requests,
      events: { ...events },
      byEvent: [...this.#byEvent.values()].map((count) => ({ ...count })),
      byProduct: Object.fromEntries(this.#byProduct),
      properties: { ...properties },
      aliases: { ...aliases },
      invalid,
    };
  }

  /** The latest operations, newest first. */
  latest({ kind, name, person, limit = 100 }: Wanted = {}): Recorded[] {
    const ids = person === undefined ? undefined : this.#people.idsOf(person);
    const folded = name?.toLowerCase();
    const found: Recorded[] = [];
    for (const each of this.#latest.newest()) {
      if (found.length >= limit) break;
      if (kind !== undefined && each.kind !== kind) continue;
      if (folded !== undefined && each.name.toLowerCase() !== folded) continue;
      if (ids !== undefined && !ids.has(each.person)) continue;
      found.push(each);
    }
    return found;
  }

  /** The latest invalid requests, newest first. */
  invalid(): InvalidRequest[] {
    return [...this.#invalid.newest()];
  }

  clear(): void {
    for (const each of [
      this.#seen,
      this.#latest,
      this.#invalid,
      this.#people,
      this.#byEvent,
      this.#byProduct,
    ])
      each.clear();
    this.#totals = noTotals();
    this.#requests = 0;
  }

  /** Whether the operation changes a count. */
  #count({ kind, product, person, name, second, properties }: Operation): boolean {
    if (kind === 'event')
      return this.#countEvent(
        name,
        this.#seen.add(JSON.stringify([product, person, name.toLowerCase(), second])),
      );
    if (kind === 'alias') {
      this.#people.link(person, name);
      return tally(this.#totals.aliases, this.#seen.add(JSON.stringify([product, [person, name].sort()])));
    }
    // The platform keeps one value per person, property and second.
    const fresh = Object.keys(properties).map((property) =>
      tally(
        this.#totals.properties,
        this.#seen.add(JSON.stringify([product, person, property.toLowerCase(), second, 's'])),
      ),
    );
    return fresh.includes(true);
  }

  #countEvent(name: string, fresh: boolean): boolean {
    let count = this.#byEvent.get(name.toLowerCase());
    if (count === undefined && this.#byEvent.size < MAX_NAMES) {
      this.#byEvent.set(name.toLowerCase(), (count = { name, received: 0, counted: 0, duplicates: 0 }));
    }
    for (const each of count === undefined ? [this.#totals.events] : [this.#totals.events, count]) {
      if (!tally(each, fresh)) each.duplicates++;
    }
    return fresh;
  }
}

function tally(count: { received: number; counted: number }, fresh: boolean): boolean {
  count.received++;
  if (fresh) count.counted++;
  return fresh;
}

function noTotals() {
  return {
    events: { name: 'all', received: 0, counted: 0, duplicates: 0 },
    properties: { received: 0, counted: 0 },
    aliases: { received: 0, counted: 0 },
    invalid: 0,
  };
}
