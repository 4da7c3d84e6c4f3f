/** An event that must have arrived, known from what the shop answered to the shopper. */
export interface Expected {
  readonly person: string;
  readonly name: string;
  /** It happened between these, in epoch milliseconds; the same twice where the record itself says when. */
  readonly from: number;
  readonly until: number;
}

export interface ShopLedger {
  calls: number;
  accepted: number;
  duplicates: number;
  suppressed: number;
}

/**
 * The demo's own books: what shoppers really did, written down from the answers they got, without asking tracking. At the
 * end the collector is held against it.
 */
export class Ledger {
  readonly events: Expected[] = [];
  /** Person and the other id. */
  readonly aliases: { person: string; previousId: string }[] = [];
  /** Person, once for every call that sets properties. */
  readonly properties: string[] = [];
  /** Events that went into more than one process of the shop: sent by each, to be counted once. */
  readonly crossed = new Map<string, number>();
  readonly #shops = new Map<string, ShopLedger>();
  readonly #keys = new Set<string>();

  happened(shop: string, event: Expected, key?: string): void {
    const books = this.of(shop);
    books.calls++;
    if (key !== undefined && this.#known(`${shop} ${event.name} ${key}`)) {
      books.duplicates++;
      return;
    }
    books.accepted++;
    if (key !== undefined && this.#known(`${event.name} ${key}`)) {
      this.crossed.set(event.name, (this.crossed.get(event.name) ?? 0) + 1);
    } else {
      this.events.push(event);
    }
  }

  aliased(shop: string, person: string, previousId: string): void {
    this.#accepted(shop);
    this.aliases.push({ person, previousId });
  }

  described(shop: string, person: string): void {
    this.#accepted(shop);
    this.properties.push(person);
  }

  suppressed(shop: string): void {
    this.of(shop).calls++;
    this.of(shop).suppressed++;
  }

  of(shop: string): ShopLedger {
    let books = this.#shops.get(shop);
    if (!books) this.#shops.set(shop, (books = { calls: 0, accepted: 0, duplicates: 0, suppressed: 0 }));
    return books;
  }

  #accepted(shop: string): void {
    this.of(shop).calls++;
    this.of(shop).accepted++;
  }

  #known(key: string): boolean {
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    return false;
  }
}
