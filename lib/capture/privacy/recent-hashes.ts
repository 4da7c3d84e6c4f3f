/** Ids in each of the two generations. */
const GENERATION = 2_000;
/** A client chooses the id in its cookie: what is longer than any id of ours is not worth the memory. */
const MAX_LENGTH = 200;

/** Remembers the hashes of people who were seen lately: looking one up takes a hundredth of making it. */
export class RecentHashes {
  #recent = new Map<string, string>();
  #older = new Map<string, string>();

  constructor(private readonly hash: (id: string) => string) {}

  of(id: string): string {
    const known = this.#recent.get(id);
    if (known !== undefined) return known;
    const hash = this.#older.get(id) ?? this.hash(id);
    if (id.length <= MAX_LENGTH) this.#remember(id, hash);
    return hash;
  }

  #remember(id: string, hash: string): void {
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(id, hash);
  }
}
