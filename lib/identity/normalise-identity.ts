import { types } from 'node:util';
import { isWordForNothing } from '../event/client-text.js';
import type { Identity, IdentityInput } from '../event/identity.js';

/**
 * Somebody was named, by nothing that can be an id. An event of this one is refused: it must not become another person's.
 */
export const UNUSABLE: Identity = Object.freeze({});

/** Whether an identity names somebody. By its members: one of another copy of this package may come along, too. */
export function isUsable(identity: Identity | undefined): identity is Identity {
  return identity !== undefined && (identity.userId !== undefined || identity.anonymousId !== undefined);
}

/**
 * An id or a key as it is kept: a non-empty string. `undefined` for everything that cannot be one. Takes what JSON writes as
 * a text or a number, such as an ObjectId of MongoDB. Never throws.
 */
export function normaliseId(id: unknown): string | undefined {
  return typeof id === 'object' && id !== null ? textOf(jsonOf(id)) : textOf(id);
}

/** Whether somebody meant an id and gave something that cannot be one. Nothing at all is how databases say "none". */
export function isUnusableId(id: unknown): boolean {
  return id !== undefined && id !== null && id !== '' && normaliseId(id) === undefined;
}

/**
 * An identity as events carry it. `undefined` where none was given, {@link UNUSABLE} where nothing of what was given can be
 * an id. Takes anything: what resolvers return is not ours.
 */
export function normaliseIdentity(input: unknown): Identity | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input !== 'object') return UNUSABLE;
  const { userId, anonymousId } = input as { userId?: unknown; anonymousId?: unknown };
  return normaliseIds(userId, anonymousId) ?? (isIdentity(input) ? undefined : UNUSABLE);
}

/** As {@link normaliseIdentity}, of members that were read from an object which has others, too. */
export function normaliseIds(userId: unknown, anonymousId: unknown): Identity | undefined {
  if (userId === undefined && anonymousId === undefined) return undefined;
  return identityOf(normaliseId(userId), normaliseId(anonymousId)) ?? UNUSABLE;
}

/** Whether an object is an identity, which may be empty: not an id object, bytes, a time, or a record of a user. */
export function isIdentity(value: object): value is IdentityInput {
  if ('userId' in value || 'anonymousId' in value) return true;
  return !('toJSON' in value) && Object.keys(value).length === 0;
}

/** Joins two normalised ids, without members that are undefined: an identity is plain JSON. */
export function identityOf(
  userId: string | undefined,
  anonymousId: string | undefined,
): Identity | undefined {
  if (userId === undefined) return anonymousId === undefined ? undefined : { anonymousId };
  return anonymousId === undefined ? { userId } : { userId, anonymousId };
}

function textOf(id: unknown): string | undefined {
  switch (typeof id) {
    case 'string':
      return id === '' || isWordForNothing(id) ? undefined : id;
    case 'number':
      return Number.isFinite(id) ? String(id) : undefined;
    case 'bigint':
      return String(id);
    default:
      return undefined;
  }
}

function jsonOf(id: object): unknown {
  try {
    // A time names nobody, although JSON writes it as a text.
    if (types.isDate(id)) return undefined;
    const { toJSON } = id as { toJSON?: unknown };
    return typeof toJSON === 'function' ? (toJSON.call(id) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
