import { AgingMap } from './aging-map.js';

/**
 * Ids of accepted keyed events, so that the same key is accepted once. Bounded in number and age: the oldest are forgotten first,
 * and then only the platform can recognise a repeated event.
 */
export class KeyWindow {
  readonly #until = new AgingMap<number>();
  /** Ids of earlier processes. These are forgotten first. */
  readonly #recalled = new AgingMap<number>();
  /** By id that a client chose, the only person who may use it. */
  readonly #owners = new Map<string, string>();
  /** Chosen ids of held events, and how many events have each. */
  readonly #claims = new Map<string, { readonly owner: string; count: number }>();

  constructor(
    private readonly maxKeys: number,
    private readonly maxAgeMs: number,
    private readonly monotonic: () => number,
  ) {}

  has(id: string): boolean {
    return this.#isIn(this.#until, id) || this.#isIn(this.#recalled, id);
  }

  /** Whether an id that a client chose is free, or belongs to this owner. */
  mayTake(id: string, owner: string): boolean {
    const claim = this.#claims.get(id);
    if (claim !== undefined) return claim.owner === owner;
    return !this.has(id) || this.#owners.get(id) === owner;
  }

  /** Keeps a chosen id for a held event, until {@link unclaim}. */
  claim(id: string, owner: string): void {
    const claim = this.#claims.get(id);
    if (claim === undefined) this.#claims.set(id, { owner, count: 1 });
    else claim.count++;
  }

  unclaim(id: string): void {
    const claim = this.#claims.get(id);
    if (claim !== undefined && --claim.count === 0) this.#claims.delete(id);
  }

  /** @param owner the only person who may use an id that a client chose */
  remember(id: string, owner?: string): void {
    this.#until.set(id, this.monotonic() + this.maxAgeMs);
    if (owner !== undefined) this.#owners.set(id, owner);
    this.#makeRoom();
  }

  /** Remembers a key of an earlier process for its remaining time. */
  recall(id: string, ageMs: number): void {
    const left = this.maxAgeMs - Math.max(0, ageMs);
    // A clock that jumped, or a repeated event, must not shorten it.
    if (!(left > 0) || this.#until.has(id)) return;
    const until = this.monotonic() + left;
    if (until <= (this.#recalled.get(id) ?? 0)) return;
    this.#recalled.set(id, until);
    this.#makeRoom();
  }

  forget(id: string): void {
    this.#until.delete(id);
    this.#recalled.delete(id);
    this.#owners.delete(id);
  }

  #isIn(keys: AgingMap<number>, id: string): boolean {
    const until = keys.get(id);
    if (until === undefined) return false;
    if (until > this.monotonic()) return true;
    keys.delete(id);
    this.#owners.delete(id);
    return false;
  }

  #makeRoom(): void {
    if (this.#until.size + this.#recalled.size <= this.maxKeys) return;
    const oldest = this.#recalled.takeOldest() ?? this.#until.takeOldest();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }
}
