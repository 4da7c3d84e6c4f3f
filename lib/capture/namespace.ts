import { createHash } from 'node:crypto';
import type { Destination } from '../destinations/destination.js';

/**
 * The default namespace of keyed ids: a digest of where events go and with whose credentials. Two companies' order 1001 must
 * not share an id at a platform that recognises ids across its customers.
 */
export function namespaceOf(destinations: readonly Destination[]): string {
  const accounts = destinations.map(({ kind = 'custom', name, account, credentials = [] }) =>
    JSON.stringify([kind, [...(account ?? [name]), ...credentials]]),
  );
  return createHash('sha256').update(accounts.toSorted().join('\n')).digest('hex');
}

/** The namespace of keyed ids: the application's, or the default until the buffer knows of another one. */
export class KeyNamespace {
  #value: string;
  readonly #isGiven: boolean;

  /** @param onDefault the default is used, and nothing keeps it */
  constructor(
    given: string | undefined,
    readonly byDefault: string,
    private readonly onDefault: () => void,
  ) {
    this.#value = given ?? byDefault;
    this.#isGiven = given !== undefined;
  }

  /** What the buffer has kept from an earlier life. */
  keep(kept: string): void {
    if (!this.#isGiven) this.#value = kept;
  }

  /** For the id of a key that is used now. */
  readonly use = (): string => {
    if (!this.#isGiven) this.onDefault();
    return this.#value;
  };
}
