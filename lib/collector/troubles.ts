/** Only our own sentences are keys, so this is never reached. */
const MAX = 1_000;

/** Reports each kind of problem once: a sender may repeat it ten thousand times a second. */
export class Troubles {
  readonly #told = new Set<string>();

  constructor(private readonly tell: (line: string) => void) {}

  once(key: string, line: () => string): void {
    if (this.#told.has(key) || this.#told.size >= MAX) return;
    this.#told.add(key);
    this.tell(line());
  }
}
