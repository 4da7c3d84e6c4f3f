import type { StandardIssue } from './standard-schema.js';

/** Where in the properties something is wrong. */
export interface IssuePath {
  /** As it may be told: `items[].price`; '' for the properties as a whole. */
  readonly text: string;
  /** Shared by all paths of one issue: a client may send thousands of keys at the end of a long one. */
  readonly keys: readonly PropertyKey[];
  /** The rest of the path, if any. */
  readonly last?: PropertyKey | undefined;
}

/** Longer ones are told up to here. */
const MAX_TOLD_KEYS = 6;
const MAX_NAME = 50;
/** No spaces: the members of a record may be called as people are. */
const LOOKS_LIKE_A_NAME = /^[\p{L}_$][\p{L}\p{N}_$:-]*$/u;
const LOOKS_LIKE_AN_ID = /\d{4}|^[\da-f]{8}-/i;

/**
 * The paths of one issue. There are several where zod's `strictObject()` names what it does not know: these are no path to
 * it, but keys beside one.
 */
export function pathsOf(issue: StandardIssue): IssuePath[] {
  const path = (issue.path ?? []).map(keyOf);
  const { code, keys } = issue as { code?: unknown; keys?: unknown };
  if (code === 'unrecognized_keys' && Array.isArray(keys)) {
    return (keys as PropertyKey[]).map((key) => told(path, key));
  }
  return [told(path)];
}

/** What stands there; throws what the application's getters throw. */
export function valueAt(properties: unknown, { keys, last }: IssuePath): unknown {
  const found = keys.reduce(memberOf, properties);
  return last === undefined ? found : memberOf(found, last);
}

/** The member of the properties that a path begins with. */
export function topOf({ keys, last }: IssuePath): PropertyKey | undefined {
  return keys[0] ?? last;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return value === undefined || value === null ? undefined : (value as Record<PropertyKey, unknown>)[key];
}

function keyOf(segment: PropertyKey | { readonly key: PropertyKey }): PropertyKey {
  return typeof segment === 'object' ? segment.key : segment;
}

/** Elements of a list are one place, and so are members whose name is an id: who is in it is nobody's business. */
function told(keys: readonly PropertyKey[], last?: PropertyKey): IssuePath {
  let text = '';
  const begin = keys.slice(0, MAX_TOLD_KEYS + 1);
  if (last !== undefined) begin.push(last);
  for (const key of begin.slice(0, MAX_TOLD_KEYS)) {
    if (typeof key === 'number') text += '[]';
    else text += `${text === '' ? '' : '.'}${isName(key) ? key : '*'}`;
  }
  return { text: begin.length > MAX_TOLD_KEYS ? `${text}.…` : text, keys, last };
}

function isName(key: PropertyKey): key is string {
  return (
    typeof key === 'string' &&
    key.length <= MAX_NAME &&
    LOOKS_LIKE_A_NAME.test(key) &&
    !LOOKS_LIKE_AN_ID.test(key)
  );
}
