import { types } from 'node:util';
import { hasAnonymousId, usableByDestination, type BrowserIdsByDestination } from '../event/browser-ids.js';
import { isWordForNothing } from '../event/client-text.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import { guarded } from '../host/guarded.js';

/**
 * An identity with only unusable ids. Its events are rejected, so that they are never attributed to another person.
 */
export const UNUSABLE: Identity = Object.freeze({});

/** Whether an identity has an id. Checks members, because it may come from another copy of this package. */
export function isUsable(identity: Identity | undefined): identity is Identity {
  if (identity === undefined) return false;
  const { userId, anonymousId, browserIds } = identity;
  return userId !== undefined || anonymousId !== undefined || hasAnonymousId(browserIds);
}

/**
 * An id or a key as it is stored: a non-empty string; `undefined` for an unusable value. Accepts objects that JSON writes as a
 * text or a number, such as MongoDB's ObjectId. Never throws.
 */
export function normaliseId(id: unknown): string | undefined {
  return typeof id === 'object' && id !== null ? textOf(jsonOf(id)) : textOf(id);
}

/** Whether a value is meant as an id but unusable. Databases use null and '' for "none". */
export function isUnusableId(id: unknown): boolean {
  return id !== undefined && id !== null && id !== '' && normaliseId(id) === undefined;
}

/**
 * An identity as events carry it. `undefined` if none was given, {@link UNUSABLE} if all given ids are unusable. Accepts any
 * value, because resolvers are the application's code.
 */
export function normaliseIdentity(input: unknown): Identity | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input !== 'object') return UNUSABLE;
  const { userId, anonymousId, browserIds } = input as { readonly [Member in keyof Identity]?: unknown };
  const ids = normaliseIds(userId, anonymousId);
  if (ids === UNUSABLE) return ids;
  return withBrowserIds(ids, usableByDestination(browserIds)) ?? (isIdentity(input) ? undefined : UNUSABLE);
}

/** As {@link normaliseIdentity}, for members that the caller has read already. */
export function normaliseIds(userId: unknown, anonymousId: unknown): Identity | undefined {
  if (userId === undefined && anonymousId === undefined) return undefined;
  return identityOf(normaliseId(userId), normaliseId(anonymousId)) ?? UNUSABLE;
}

/** Whether an object is an identity, which may be empty: not an id object, bytes, a time, or a record of a user. */
export function isIdentity(value: object): value is IdentityInput {
  if ('userId' in value || 'anonymousId' in value || 'browserIds' in value) return true;
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

/** Adds browser ids. Alone, they are an identity if at least one platform knows the browser. */
export function withBrowserIds(
  ids: Identity | undefined,
  browserIds: BrowserIdsByDestination | undefined,
): Identity | undefined {
  if (browserIds === undefined) return ids;
  return ids === undefined && !hasAnonymousId(browserIds) ? undefined : { ...ids, browserIds };
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
  // A Date is no id, although JSON writes it as a text.
  if (types.isDate(id)) return undefined;
  return guarded(() => {
    const { toJSON } = id as { toJSON?: unknown };
    return typeof toJSON === 'function' ? (toJSON.call(id) as unknown) : undefined;
  });
}
