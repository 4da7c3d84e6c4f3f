import { traceOf } from '../host/error-trace.js';

/** A bound that is never reached: keys are fixed sentences. */
const MAX = 1_000;

/** Reports each kind of problem once: a sender may repeat it ten thousand times a second. */
export class Troubles {
  readonly #told = new Set<string>();

  constructor(private readonly tell: (line: string) => void) {}

  once(key: string, line: () => string): void {
    if (this.#isNew(key)) this.tell(line());
  }

  /** Reports an error of the collector itself, with its stack. Its message is left out: it may have values of an event. */
  fault(key: string, error: unknown, sentence: (name: string) => string): void {
    if (!this.#isNew(key)) return;
    const { name, stack } = traceOf(error);
    this.tell(sentence(name));
    for (const line of stack.split('\n')) this.tell(line);
  }

  #isNew(key: string): boolean {
    const isNew = !this.#told.has(key) && this.#told.size < MAX;
    if (isNew) this.#told.add(key);
    return isNew;
  }
}
