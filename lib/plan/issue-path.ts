import { pathText } from '../event/path-text.js';
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
  return { text: pathText(keys, last), keys, last };
}
