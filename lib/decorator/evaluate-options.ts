import { type CapturedMembers, CapturedOptions } from '../capture/call.js';
import type { CapturePort } from '../capture/capture-port.js';
import { type BrowserIdsByDestination, usableByDestination } from '../event/browser-ids.js';
import type { EventTime } from '../event/event-time.js';
import type { Id, Identity, IdentityInput } from '../event/identity.js';
import { PERSON_FIELDS, type PersonData } from '../event/person-data.js';
import type { Reason } from '../event/reasons.js';
import { snapshot } from '../event/snapshot.js';
import { OversizeError } from '../event/unserialisable.js';
import { disown } from '../host/disown.js';
import { isIdentity, isUsable, normaliseId } from '../identity/normalise-identity.js';
import { keyEmpty, keyWithoutTimestamp } from './decorator.messages.js';
import type { TrackCall, TrackOptions } from './track-options.js';

/** The values of the options for one successful call, or the reason why there is no event. */
export type Evaluated =
  | { readonly properties: object | undefined; readonly options: CapturedOptions }
  | {
      readonly refused: Reason;
      readonly error?: unknown;
      /** Absent if they were not read. */
      readonly options?: CapturedOptions;
    };

export interface Circumstances {
  readonly source: string;
  readonly calledAt: number;
  readonly port: CapturePort | undefined;
  /** Called only if an option is a function. */
  describe(identity: Identity | undefined): TrackCall;
}

/** Reads every option once, and checks the properties against the tracking plan. Never throws. */
export function evaluate(name: string, options: TrackOptions, result: unknown, at: Circumstances): Evaluated {
  let evaluated: Evaluated;
  try {
    evaluated = readAll(options, result, at);
  } catch (error) {
    return error === ASYNC ? { refused: 'async_option' } : { refused: 'option_error', error };
  }
  const plan = at.port?.plan;
  if (plan === undefined || 'refused' in evaluated) return evaluated;
  // Checked before properties are copied for a response: in a copy, a Date is a string.
  const checked = plan.check('track', name, evaluated.properties, at.source);
  if (typeof checked === 'string') return { refused: checked, options: evaluated.options };
  return { properties: checked.properties as object | undefined, options: evaluated.options };
}

function readAll(options: TrackOptions, result: unknown, at: Circumstances): Evaluated {
  const { source, port } = at;
  const identity = port?.identity();
  let call: TrackCall | undefined;
  const read = (option: unknown): unknown =>
    typeof option === 'function' ? synchronous(option(result, (call ??= at.describe(identity)))) : option;

  if (options.when !== undefined && !read(options.when)) return { refused: 'when' };
  const properties = read(options.properties) as object | undefined;
  const user = readUser(read(options.user));
  const timestamp = readTime(read(options.timestamp));
  const { userId, anonymousId } = user === undefined ? kept(identity) : user;
  return {
    properties,
    options: new CapturedOptions(
      source,
      {
        userId,
        anonymousId,
        timestamp: timestamp ?? at.calledAt,
        key: options.key === undefined ? undefined : readKey(read(options.key), timestamp !== undefined, at),
        destinations: copyOf(read(options.destinations)) as readonly string[] | undefined,
        person: options.person === undefined ? undefined : readPerson(read(options.person)),
        groups: options.groups === undefined ? undefined : readGroups(read(options.groups)),
      },
      at.calledAt,
      user === undefined ? identity?.browserIds : browserIdsOf(user, identity),
      port?.traceparent?.(),
    ),
  };
}

const NOBODY: Identity = Object.freeze({});
/** The door rejects it: an event with only unusable ids must not get the next identity, such as the fallback. */
const REFUSED: IdentityInput = Object.freeze({ userId: null as never });

function kept(identity: Identity | undefined): IdentityInput {
  return identity === undefined || isUsable(identity) ? (identity ?? NOBODY) : REFUSED;
}

/**
 * `undefined` if none was given. A value that is no identity also replaces the request's. The door decides which ids are
 * usable.
 */
function readUser(user: unknown): IdentityInput | undefined {
  if (user === null) return NOBODY;
  if (typeof user !== 'object') return user === undefined ? undefined : REFUSED;
  const { userId, anonymousId, browserIds } = user as IdentityInput;
  if (userId === undefined && anonymousId === undefined && browserIds === undefined)
    return isIdentity(user) ? undefined : REFUSED;
  return {
    userId: normaliseId(userId) ?? userId,
    anonymousId: normaliseId(anonymousId) ?? anonymousId,
    browserIds,
  };
}

/** The browser ids that were given with it; else those of the current identity, if it is the same user. */
function browserIdsOf(
  { userId, anonymousId, browserIds }: IdentityInput,
  current: Identity | undefined,
): BrowserIdsByDestination | undefined {
  if (browserIds !== undefined) return usableByDestination(browserIds);
  const isCurrent = userId !== undefined && anonymousId === undefined && userId === current?.userId;
  return isCurrent ? current!.browserIds : undefined;
}

/** Objects are copied, because the application may change them before the response is finished. The door checks their values. */
function readTime(timestamp: unknown): EventTime | undefined {
  if (timestamp === null || timestamp === undefined) return undefined;
  return timestamp instanceof Date ? new Date(timestamp) : (timestamp as EventTime);
}

function copyOf(destinations: unknown): unknown {
  return Array.isArray(destinations) ? destinations.slice() : destinations;
}

function readPerson(person: unknown): CapturedMembers['person'] {
  if (typeof person !== 'object' || person === null) return person as null | undefined;
  const fields = PERSON_FIELDS.map((field) => [field, (person as PersonData)[field]] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** Ids as texts, because an object may return another id later. */
function readGroups(groups: unknown): CapturedMembers['groups'] {
  if (typeof groups !== 'object' || groups === null || Array.isArray(groups)) return groups as undefined;
  const ids = Object.entries(groups as Readonly<Record<string, Id | undefined>>);
  return ids.length === 0
    ? (groups as {})
    : Object.fromEntries(ids.map(([type, id]) => [type, normaliseId(id) ?? id]));
}

function readKey(key: unknown, timed: boolean, { source, port }: Circumstances): Id | undefined {
  const text = normaliseId(key);
  if (text === undefined) {
    port?.notice('key_empty', source, () => keyEmpty(source));
    return undefined;
  }
  if (!timed) port?.notice('key_without_timestamp', source, () => keyWithoutTimestamp(source));
  return typeof key === 'object' ? text : (key as Id);
}

const ASYNC = Symbol('an asynchronous option');

function synchronous(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (typeof (value as { then?: unknown }).then !== 'function') return value;
  // Only promises: another thenable may be a query, which runs when `then` is called.
  disown(value);
  throw ASYNC;
}

/**
 * Copies the properties of an event that waits for the response. Until then, interceptors and serialisers often change the
 * handler's result.
 *
 * @param maxEventBytes the copy ends at this size, because the event would be rejected
 */
export function keepProperties(evaluated: Evaluated, maxEventBytes = Number.MAX_SAFE_INTEGER): Evaluated {
  if ('refused' in evaluated) return evaluated;
  const { properties, options } = evaluated;
  if (typeof properties !== 'object' || properties === null) return evaluated;
  try {
    const kept = snapshot(properties, maxEventBytes);
    options.keep(kept);
    return { properties: kept.value, options };
  } catch (error) {
    return { refused: error instanceof OversizeError ? 'too_large' : 'unserialisable', error, options };
  }
}
