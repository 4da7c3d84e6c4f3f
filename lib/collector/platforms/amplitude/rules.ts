import { isObject, objectOf, type UnknownObject } from '../reading/json.js';
import { deep, longText, manyGroups, mixedOperations, noGroup } from './amplitude.messages.js';

export const MAX_EVENTS = 2_000;
export const DEFAULT_MIN_ID_LENGTH = 5;
const MAX_TEXT = 1_024;
const MAX_DEPTH = 40;
const MAX_GROUP_TYPES = 5;
const MAX_GROUPS = 10;
const LONGEST_REFUSED = 36;

// prettier-ignore
const REFUSED_IDS: ReadonlySet<string> = new Set([
  '0', '-1', '{}', '00000000-0000-0000-0000-000000000000',
  'anonymous', 'lmy47d', 'n/a', 'na', 'nil', 'none', 'null', 'undefined', 'unknown',
]);
// prettier-ignore
const OPERATIONS: ReadonlySet<string> = new Set([
  '$set', '$setOnce', '$add', '$append', '$prepend', '$preInsert', '$postInsert', '$remove', '$unset', '$clearAll',
]);

export function isRefusedId(id: string): boolean {
  return id.length <= LONGEST_REFUSED && REFUSED_IDS.has(id.trim().toLowerCase());
}

/** Problems of an event that Amplitude stores with changes. */
export function warningsOf(event: UnknownObject): string[] {
  const warnings: string[] = [];
  const texts = textProblem(event, 0);
  if (texts !== undefined) warnings.push(texts);
  const groups = Object.values(objectOf(event['groups']));
  const count = groups.reduce<number>((sum, each) => sum + (Array.isArray(each) ? each.length : 1), 0);
  if (groups.length > MAX_GROUP_TYPES || count > MAX_GROUPS) warnings.push(manyGroups);
  const type = event['event_type'];
  if (type === '$groupidentify' && groups.length === 0) warnings.push(noGroup);
  if (isMixed(event['user_properties']) || isMixed(event['group_properties'])) warnings.push(mixedOperations);
  return warnings;
}

function textProblem(value: unknown, level: number): string | undefined {
  if (typeof value === 'string') return value.length > MAX_TEXT ? longText : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  // The event is level 0, and its properties are level 1.
  if (level > MAX_DEPTH) return deep;
  for (const member of Object.values(value)) {
    const found = textProblem(member, level + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMixed(properties: unknown): boolean {
  if (!isObject(properties)) return false;
  const names = Object.keys(properties);
  const operations = names.filter((name) => OPERATIONS.has(name)).length;
  return operations > 0 && operations < names.length;
}

/** The properties that operations set, and other operations by name. Plain names are read unchanged. */
export function changesIn(properties: unknown): UnknownObject {
  const { $set, ...others } = objectOf(properties);
  return isObject($set) ? { ...$set, ...others } : objectOf(properties);
}
