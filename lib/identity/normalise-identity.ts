import type { Identity } from '../event/identity.js';

/** An id as it is kept: a non-empty string. Everything else counts as not given. */
export function normaliseId(id: unknown): string | undefined {
  switch (typeof id) {
    case 'string':
      return id === '' ? undefined : id;
    case 'number':
      return Number.isFinite(id) ? String(id) : undefined;
    case 'bigint':
      return String(id);
    default:
      return undefined;
  }
}

/** Whether somebody meant an id and gave something that cannot be one, such as a database's id object. */
export function isUnusableId(id: unknown): boolean {
  return id !== undefined && id !== null && id !== '' && normaliseId(id) === undefined;
}

/** An identity as events carry it; `undefined` when nobody is left. Takes anything: what resolvers return is not ours. */
export function normaliseIdentity(input: unknown): Identity | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { userId, anonymousId } = input as { userId?: unknown; anonymousId?: unknown };
  return identityOf(normaliseId(userId), normaliseId(anonymousId));
}

/** Joins two normalised ids, without members that are undefined: an identity is plain JSON. */
export function identityOf(
  userId: string | undefined,
  anonymousId: string | undefined,
): Identity | undefined {
  if (userId === undefined) return anonymousId === undefined ? undefined : { anonymousId };
  return anonymousId === undefined ? { userId } : { userId, anonymousId };
}
