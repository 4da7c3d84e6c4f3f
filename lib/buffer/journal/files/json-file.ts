import { isObject, parsedJson, type UnknownObject } from '../../../event/json-values.js';
import { unlessAbsent } from './absence.js';
import type { Files } from './files.js';

/** The object in a small JSON file; `undefined` if there is no such file, `damaged` if it does not contain an object. */
export async function readJsonFile(
  files: Files,
  path: string,
): Promise<UnknownObject | 'damaged' | undefined> {
  const text = await unlessAbsent(files.readText(path));
  if (text === undefined) return undefined;
  const value = parsedJson(text);
  return isObject(value) ? value : 'damaged';
}

/** Replaces a small JSON file, indented for people. */
export async function writeJsonFile(files: Files, path: string, value: object): Promise<void> {
  await files.writeText(path, jsonFileText(value));
}

export const jsonFileText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
