import {
  ALIASES,
  ANY_TIME,
  type Call,
  type Expected,
  type Happening,
  type Person,
  PROPERTIES,
} from './happening.js';
import { COMMIT_TIMEOUT_MS, type Platform } from './settings.js';

/** When a process was killed, in epoch milliseconds. */
export interface Killed {
  readonly at: number;
  /** From then on it certainly was not running. */
  readonly goneAt: number;
  /** Everything that was answered before is on disk: a later request was answered after its commit. */
  readonly writtenUntil: number;
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
  /** Events that a killed process had accepted: this one accepts them again, or knows their keys from the journal. */
  readonly either: number;
}

type Life = { -readonly [K in keyof ShopLedger]: ShopLedger[K] } & { readonly keys: Set<string> };

interface Entry extends Happening {
  readonly life: Life;
  readonly asked: number;
  readonly answered: number | undefined;
  readonly waited: boolean;
}

/**
 * The demo's own record of what shoppers did, from the answers that they got and without asking tracking. At the end it
 * is compared with what the platforms received.
 */
export class Ledger {
  /** Events that were submitted to more than one process of the shop: each sends them, a platform counts them once. */
  readonly crossed = new Map<string, number>();
  /** Sign-ups that were cut off: the shop may have created an account whose id is unknown here. */
  signUpsCutOff = 0;
  readonly #entries: Entry[] = [];
  /** By address, oldest first; all but the last were killed. */
  readonly #lives = new Map<string, Life[]>();
  readonly #keys = new Set<string>();
  readonly #keysOfTheDead = new Set<string>();

  /** The events that must be at a platform, and those that may be. */
  expectedAt(platform: Platform): Expected[] {
    const there = this.#entries.filter(({ name }) => name !== ALIASES || platform === 'kissmetrics');
    return there.map((entry) => ({ ...entry, unsure: unsure(entry) }));
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

  /** The shop was killed before it answered; it may or may not have acted. */
  cutOff(shop: string, event: Happening): void {
    const life = this.#lifeAt(shop, event.from);
    this.#entries.push({ ...event, life, asked: event.from, answered: undefined, waited: false });
  }

  /** Like {@link cutOff}, for a request that is repeated with the same key. */
  toBeRepeated(name: string, key: string): void {
    this.#keysOfTheDead.add(`${name} ${key}`);
  }

  /** Only KISSmetrics gets it, see `BrowserLink` of the shop. */
  aliased(shop: string, person: Person, previousId: string, call: Call): void {
    this.happened(shop, { person, name: ALIASES, ...ANY_TIME, otherId: previousId }, undefined, call);
  }

  described(shop: string, person: Person, call: Call): void {
    this.happened(shop, { person, name: PROPERTIES, ...ANY_TIME }, undefined, call);
  }

  suppressed(shop: string, asked: number): void {
    const life = this.#lifeAt(shop, asked);
    life.calls++;
    life.suppressed++;
  }

  /** An event was held for an order, and the order failed. */
  rolledBack(shop: string, asked: number): void {
    const life = this.#lifeAt(shop, asked);
    life.calls++;
    life.rolledBack++;
  }

  /** Requests until `goneAt` went to the process that was killed. */
  killed(shop: string, at: number, goneAt: number): void {
    const lives = this.#livesOf(shop);
    const dead = lives.at(-1)!;
    // A journal is a log: with an event, all that were recorded before are on disk.
    const own = this.#entries.filter(({ life }) => life === dead);
    const began = Math.min(at, ...own.map(({ asked }) => asked));
    const writtenUntil = Math.max(began, ...own.filter(isCommitted).map(({ asked }) => asked));
    dead.killed = { at, goneAt, writtenUntil };
    for (const key of dead.keys) this.#keysOfTheDead.add(key);
    lives.push(newLife());
  }

  /** The process that is running, or shut down cleanly. */
  of(shop: string): ShopLedger {
    return this.#livesOf(shop).at(-1)!;
  }

  /** The processes that were killed. */
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

function unsure(entry: Entry): Expected['unsure'] {
  const {
    life: { killed },
    answered,
  } = entry;
  if (answered === undefined) return 'cut off';
  if (killed === undefined || isCommitted(entry)) return undefined;
  return answered < killed.writtenUntil ? undefined : 'unwritten';
}

/** An answer that waits for the commit, and came before the commit timeout, means that the event is on disk. */
function isCommitted({ waited, asked, answered }: Entry): boolean {
  return waited && answered !== undefined && answered - asked < COMMIT_TIMEOUT_MS;
}
