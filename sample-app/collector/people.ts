/** Ids that aliases have made one person. Symmetric, and chains merge everyone in them, as on the platform. */
export class People {
  readonly #group = new Map<string, Set<string>>();

  constructor(private readonly maxIds: number) {}

  link(one: string, other: string): void {
    const a = this.#group.get(one) ?? new Set([one]);
    const b = this.#group.get(other) ?? new Set([other]);
    const [small, large] = a.size < b.size ? [a, b] : [b, a];
    for (const id of small) large.add(id);
    if (this.#group.size + 2 > this.maxIds) return;
    for (const id of large) this.#group.set(id, large);
  }

  /** All ids of the person who has this one, itself included. */
  idsOf(id: string): ReadonlySet<string> {
    return this.#group.get(id) ?? new Set([id]);
  }

  clear(): void {
    this.#group.clear();
  }
}
