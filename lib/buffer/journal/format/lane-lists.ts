import { parsedJson } from '../../../event/json-values.js';
import { isText, listOf } from './shape.js';

const isTexts = listOf(isText);
/** More different lists than any application has; only a foreign file brings them. */
const MAX_LISTS = 1_000;
const lists = new Map<string, readonly string[]>();

/**
 * The names in the JSON text of a list of lanes, the same array for the same text: thousands of events that wait share it,
 * and are told apart by it. `undefined` for a text that is none.
 */
export function laneList(text: string): readonly string[] | undefined {
  const known = lists.get(text);
  if (known !== undefined) return known;
  const list = parse(text);
  if (list !== undefined) {
    if (lists.size >= MAX_LISTS) lists.clear();
    lists.set(text, list);
  }
  return list;
}

function parse(text: string): readonly string[] | undefined {
  const value = parsedJson(text);
  return isTexts(value) ? Object.freeze(value as string[]) : undefined;
}
