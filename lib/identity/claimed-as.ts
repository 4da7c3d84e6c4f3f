import type { IdentityClaims } from '../event/identity.js';
import { badChoice, badOption } from '../config/check-option.js';

/** As what an id that a client sends counts. */
export interface ClaimedAsOptions {
  /**
   * `'anonymousId'` by default: anybody can send any header and any cookie. With `'userId'` the application says that this
   * one can be trusted, because a gateway sets it or a signature is checked; then it names the person.
   */
  readonly as?: 'anonymousId' | 'userId';
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
