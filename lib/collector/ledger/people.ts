/** Ids that aliases have joined to one person. Symmetric and transitive, as on the platform. */
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

  /** All ids of the person with this id, including it. */
  idsOf(id: string): ReadonlySet<string> {
    return this.#group.get(id) ?? new Set([id]);
  }

  clear(): void {
    this.#group.clear();
  }
}
