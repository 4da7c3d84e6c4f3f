import { pathText } from '../event/path-text.js';
import { guarded } from '../host/guarded.js';
import type { StandardIssue } from './standard-schema.js';

/** The path of an invalid property. */
export interface IssuePath {
  /** The path in reports: `items[].price`; '' for the properties as a whole. */
  readonly text: string;
  /** Shared by all paths of one issue: a client may send thousands of keys at the end of a long one. */
  readonly keys: readonly PropertyKey[];
  /** The rest of the path, if any. */
  readonly last?: PropertyKey | undefined;
}

/** The paths of one issue, which the application's validator made, so that it can be any value. */
export function pathsOf(issue: StandardIssue): readonly IssuePath[] {
  return guarded(() => pathsIn(issue)) ?? [{ text: '', keys: [] }];
}

/** For unknown keys, zod's `strictObject()` reports one issue: the path of the object, and a list of keys. */
function pathsIn(issue: StandardIssue): IssuePath[] {
  const path = (issue.path ?? []).map(keyOf);
  const { code, keys } = issue as { code?: unknown; keys?: unknown };
  if (code === 'unrecognized_keys' && Array.isArray(keys)) {
    return (keys as PropertyKey[]).map((key) => pathTo(path, key));
  }
  return [pathTo(path)];
}

/** The value at a path. Throws the errors of the application's getters. */
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

/** Indexes and keys that look like ids are replaced, so that the text names no person and stays one place. */
function pathTo(keys: readonly PropertyKey[], last?: PropertyKey): IssuePath {
  return { text: pathText(keys, last), keys, last };
}
