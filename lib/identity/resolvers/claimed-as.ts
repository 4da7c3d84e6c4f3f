import type { IdentityClaims } from '../../event/identity.js';
import { badChoice, badOption } from '../../config/check-option.js';

/** Options for an id that a client sends. */
export interface ClaimedAsOptions {
  /**
   * Default `'anonymousId'`, because any client can send any header and cookie. `'userId'` is for a value that the application
   * trusts, because a gateway sets it or its signature is verified.
   */
  readonly as?: 'anonymousId' | 'userId' | undefined;
}

/** @throws TrackingConfigError */
export function checkClaimedAs(where: string, name: unknown, { as }: ClaimedAsOptions): void {
  if (typeof name !== 'string' || name === '') throw badOption(`${where} name`, name, 'a non-empty string');
  if (as !== undefined && as !== 'anonymousId' && as !== 'userId')
    throw badChoice(`${where} as`, as, `'anonymousId' or 'userId'`);
}

export function claimedAs(id: string | undefined, { as }: ClaimedAsOptions): IdentityClaims | undefined {
  if (id === undefined) return undefined;
  return as === 'userId' ? { userId: id } : { anonymousId: id };
}
