import { createHash } from 'node:crypto';
import type { LaneAccount } from '../../event-buffer.js';

/**
 * The name of the folder that journals of one configuration share: a digest of the namespace and of all accounts. So events of
 * different accounts are in different folders.
 */
export function groupOf(
  namespace: string | undefined,
  accounts: Readonly<Record<string, LaneAccount>>,
): string {
  const lanes = Object.entries(accounts)
    // By code units: the name must not depend on a locale.
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, { kind, host, key }]) => [name, kind, host, key]);
  const whole = JSON.stringify([namespace ?? null, lanes]);
  return createHash('sha256').update(whole).digest('hex').slice(0, 16);
}

/** Whether a name can be that of a group's folder. */
export const isGroup = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);
