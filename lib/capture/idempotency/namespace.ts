import { createHash } from 'node:crypto';
import { type Destination, fixedCredentials } from '../../destinations/destination.js';

/**
 * The default namespace of keyed ids: a digest of the destinations and their credentials. Order 1001 of two companies must not
 * get the same id, because some platforms recognise ids across their customers.
 */
export function namespaceOf(destinations: readonly Destination[]): string {
  const accounts = destinations.map((destination) => {
    const { kind = 'custom', name, account = [name] } = destination;
    return JSON.stringify([kind, [...account, ...fixedCredentials(destination)]]);
  });
  return createHash('sha256').update(accounts.toSorted().join('\n')).digest('hex');
}

/** The namespace of keyed ids: the application's, else the stored one of the buffer, else the default. */
export class KeyNamespace {
  #kept: string | undefined;

  /** @param onDefault called when the default is used and no buffer stores it */
  constructor(
    private readonly given: string | undefined,
    readonly byDefault: string,
    private readonly onDefault: () => void,
  ) {}

  /** The namespace that the buffer stored in an earlier process. */
  keep(kept: string): void {
    this.#kept = kept;
  }

  /** The namespace for the current key. */
  readonly use = (): string => {
    if (this.given !== undefined) return this.given;
    this.onDefault();
    return this.#kept ?? this.byDefault;
  };
}
