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
