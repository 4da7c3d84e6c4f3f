import { COMMIT_TIMEOUT_MS, UNWRITTEN_MS } from './settings.js';

/** An event, known from what the shop answered to the shopper. */
export interface Happening {
  readonly person: string;
  readonly name: string;
  /** It happened between these, in epoch milliseconds; the same twice where the record itself says when. */
  readonly from: number;
  readonly until: number;
  /** For an alias: the other id. */
  readonly otherId?: string;
}

/** The call behind it, in epoch milliseconds. */
export interface Call {
  readonly asked: number;
  readonly answered: number;
  /** The shop answered only once the event was on disk, or its patience was at its end: `record()`, `durable`. */
  readonly waited?: boolean;
}

/** An event that the collector is asked for. */
export interface Expected extends Happening {
  /** Why it may be missing, where it may. */
  readonly unsure: 'cut off' | 'unwritten' | undefined;
}

/** When a process was killed, in epoch milliseconds. */
export interface Killed {
  readonly at: number;
  /** It certainly no longer ran. */
  readonly goneAt: number;
  /** How long before it events may have waited for the disk: see `UNWRITTEN_MS`; more where the disk was slower than that. */
  readonly unwrittenMs: number;
}

/** What shoppers did to one process of the shop, from its start to its end. */
export interface ShopLedger {
  readonly killed: Killed | undefined;
  readonly calls: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly suppressed: number;
  /** Events of orders that were rolled back. */
  readonly rolledBack: number;
  /** Events that a process which was killed had accepted: this one accepts them again, or knows their keys from the journal. */
  readonly either: number;
}

type Life = { -readonly [K in keyof ShopLedger]: ShopLedger[K] } & { readonly keys: Set<string> };

interface Entry extends Happening {
  readonly life: Life;
  readonly asked: number;
  /** Undefined: the answer never came, because the shop was killed. */
  readonly answered: number | undefined;
  readonly waited: boolean;
}

/** How far back it counts how slow the disk was. */
const RECENT_MS = 3_000;

export const ALIASES = 'alias';
export const PROPERTIES = 'identify, group';
/** Of what the collector is told without a time that matters. */
export const ANY_TIME = { from: 0, until: Number.MAX_SAFE_INTEGER };

/**
 * The demo's own books: what shoppers really did, written down from the answers they got, without asking tracking. At the
 * end the collector is held against it.
 */
export class Ledger {
  /** Events that went into more than one process of the shop: sent by each, to be counted once. */
  readonly crossed = new Map<string, number>();
  /** Sign-ups that were cut off: the shop may have made an account whose id nobody was told. */
  signUpsCutOff = 0;
  readonly #entries: Entry[] = [];
  /** By address, in their order; all but the last were killed. */
  readonly #lives = new Map<string, Life[]>();
  readonly #keys = new Set<string>();
  readonly #keysOfTheDead = new Set<string>();

  /** What must be at the collector, and what may be. */
  get expected(): Expected[] {
    return this.#entries.map((entry) => ({ ...entry, unsure: unsure(entry) }));
  }

  happened(shop: string, event: Happening, key?: string, call?: Call): void {
    const { asked, answered, waited = false } = call ?? { asked: event.from, answered: event.until };
    const life = this.#lifeAt(shop, asked);
    life.calls++;
    if (key !== undefined) {
      const keyOfEvent = `${event.name} ${key}`;
      if (isKnown(life.keys, keyOfEvent)) {
        life.duplicates++;
        return;
      }
      if (life.killed !== undefined) this.#keysOfTheDead.add(keyOfEvent);
      else if (this.#keysOfTheDead.has(keyOfEvent)) life.either++;
      else life.accepted++;
      if (isKnown(this.#keys, keyOfEvent)) {
        this.crossed.set(event.name, (this.crossed.get(event.name) ?? 0) + 1);
        return;
      }
    } else life.accepted++;
    this.#entries.push({ ...event, life, asked, answered, waited });
  }

  /** The shop was killed before it answered, and perhaps after it did what was asked for. */
  cutOff(shop: string, event: Happening): void {
    const life = this.#lifeAt(shop, event.from);
    this.#entries.push({ ...event, life, asked: event.from, answered: undefined, waited: false });
  }

  /** As {@link cutOff}, where it will be asked for again under the same key. */
  toBeRepeated(name: string, key: string): void {
    this.#keysOfTheDead.add(`${name} ${key}`);
  }

  aliased(shop: string, person: string, previousId: string, call: Call): void {
    const alias = { person: previousId, name: ALIASES, ...ANY_TIME, otherId: person };
    this.happened(shop, alias, undefined, call);
  }

  described(shop: string, person: string, call: Call): void {
    this.happened(shop, { person, name: PROPERTIES, ...ANY_TIME }, undefined, call);
  }

  suppressed(shop: string, asked: number): void {
    const life = this.#lifeAt(shop, asked);
    life.calls++;
    life.suppressed++;
  }

  /** An event was held back for an order, and the order failed. */
  rolledBack(shop: string, asked: number): void {
    const life = this.#lifeAt(shop, asked);
    life.calls++;
    life.rolledBack++;
  }

  /** Whatever was asked for until it was gone was asked of a process that is no more. */
  killed(shop: string, at: number, goneAt: number): void {
    const lives = this.#livesOf(shop);
    const dead = lives.at(-1)!;
    const waits = this.#entries
      .filter(({ life, waited, answered }) => life === dead && waited && answered! > at - RECENT_MS)
      .map(({ asked, answered }) => answered! - asked);
    dead.killed = { at, goneAt, unwrittenMs: Math.max(UNWRITTEN_MS, ...waits) };
    for (const key of dead.keys) this.#keysOfTheDead.add(key);
    lives.push(newLife());
  }

  /** The one that runs, or ended as it should. */
  of(shop: string): ShopLedger {
    return this.#livesOf(shop).at(-1)!;
  }

  /** Those that were killed. */
  get dead(): ShopLedger[] {
    return [...this.#lives.values()].flat().filter(({ killed }) => killed !== undefined);
  }

  #lifeAt(shop: string, at: number): Life {
    const lives = this.#livesOf(shop);
    return lives.find(({ killed }) => killed !== undefined && at <= killed.goneAt) ?? lives.at(-1)!;
  }

  #livesOf(shop: string): Life[] {
    let lives = this.#lives.get(shop);
    if (!lives) this.#lives.set(shop, (lives = [newLife()]));
    return lives;
  }
}

function newLife(): Life {
  return {
    killed: undefined,
    calls: 0,
    accepted: 0,
    duplicates: 0,
    suppressed: 0,
    rolledBack: 0,
    either: 0,
    keys: new Set(),
  };
}

function isKnown(keys: Set<string>, key: string): boolean {
  if (keys.has(key)) return true;
  keys.add(key);
  return false;
}

function unsure({ life: { killed }, asked, answered, waited }: Entry): Expected['unsure'] {
  if (answered === undefined) return 'cut off';
  // A call that took less than the shop's patience was answered because its event was on disk.
  if (killed === undefined || (waited && answered - asked < COMMIT_TIMEOUT_MS)) return undefined;
  return answered > killed.at - killed.unwrittenMs ? 'unwritten' : undefined;
}
