import { createHash } from 'node:crypto';
import { type Destination, fixedCredentials } from '../../destinations/destination.js';

/**
 * The default namespace of keyed ids: a digest of where events go and with whose credentials. Two companies' order 1001 must
 * not share an id at a platform that recognises ids across its customers.
 */
export function namespaceOf(destinations: readonly Destination[]): string {
  const accounts = destinations.map((destination) => {
    const { kind = 'custom', name, account = [name] } = destination;
    return JSON.stringify([kind, [...account, ...fixedCredentials(destination)]]);
  });
  return createHash('sha256').update(accounts.toSorted().join('\n')).digest('hex');
}

/** The namespace of keyed ids: the application's, else that of the buffer once it is known, else the default. */
export class KeyNamespace {
  #value: string;
  readonly #isGiven: boolean;

  /** @param onDefault called when the default is used and no buffer stores it */
  constructor(
    given: string | undefined,
    readonly byDefault: string,
    private readonly onDefault: () => void,
  ) {
    this.#value = given ?? byDefault;
    this.#isGiven = given !== undefined;
  }

  /** The namespace that the buffer stored in an earlier process. */
  keep(kept: string): void {
    if (!this.#isGiven) this.#value = kept;
  }

  /** The namespace for a key that is used now. */
  readonly use = (): string => {
    if (!this.#isGiven) this.onDefault();
    return this.#value;
  };
}
