import { parsedJson } from '../../../event/json-values.js';
import { isText, listOf } from './shape.js';

const isTexts = listOf(isText);
/** More different lists than an application has; only a file from elsewhere can have them. */
const MAX_LISTS = 1_000;
const lists = new Map<string, readonly string[]>();

/**
 * The lane names in the JSON text of a list; `undefined` for any other text. The same text gives the same array, so that thousands
 * of pending events share it and can be compared by it.
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
