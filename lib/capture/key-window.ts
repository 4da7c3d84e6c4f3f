/**
 * Ids of keyed events that were accepted, so that the same key is accepted once. Bounded in number and age; the oldest are
 * forgotten first, and past that only the platform can recognise a repeated event.
 */
export class KeyWindow {
  readonly #until = new Map<string, number>();

  constructor(
    private readonly maxKeys: number,
    private readonly maxAgeMs: number,
    private readonly monotonic: () => number,
  ) {}

  has(id: string): boolean {
    const until = this.#until.get(id);
    if (until === undefined) return false;
    if (until > this.monotonic()) return true;
    this.#until.delete(id);
    return false;
  }

  remember(id: string): void {
    this.#until.set(id, this.monotonic() + this.maxAgeMs);
    if (this.#until.size <= this.maxKeys) return;
    const oldest = this.#until.keys().next().value;
    if (oldest !== undefined) this.#until.delete(oldest);
  }

  forget(id: string): void {
    this.#until.delete(id);
  }
}
