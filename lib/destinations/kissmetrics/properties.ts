import { isObject } from '../../event/json-values.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import type { Change } from './kissmetrics.messages.js';
import { pathPrefix, percentEncode, propertyName } from './names.js';
import { repaired } from '../well-formed.js';

/** A value holds 8 KB "in theory" (vendor's technical limitations), taken as UTF-8 bytes. */
const MAX_VALUE_BYTES = 8_192;

/** Called with each change and the name of the property as the application wrote it. */
export type Report = (change: Change, property: string) => void;

/** Levels of objects that are flattened. */
const MAX_LEVELS = 5;

/**
 * Properties as `&name=value` pairs: text and numbers only, flat, each name once. Empty if no property can be sent. Of several
 * names that differ only in case, which are one name to KISSmetrics, the first is sent.
 */
export function encodeProperties(properties: JsonObject, report: Report): string {
  const writer = new PairWriter(report);
  writer.object(properties, '', 1);
  return writer.pairs;
}

/** KISSmetrics has no groups. Segment's integration writes them as properties of the person with this prefix. */
const GROUP_PREFIX = 'Group - ';

/** A group's id and traits as properties of the person. The id precedes a trait with its name. */
export function encodeGroup(groupId: string | undefined, traits: JsonObject, report: Report): string {
  const writer = new PairWriter(report);
  if (groupId !== undefined) writer.object({ id: groupId }, GROUP_PREFIX, 1);
  writer.object(traits, GROUP_PREFIX, 1);
  return writer.pairs;
}

/** Whether any property can be sent. Usually the first one can. */
export function hasUsableProperty(properties: JsonObject): boolean {
  for (const key of Object.keys(properties)) {
    const value = properties[key];
    if (typeof value === 'string' ? value !== '' : typeof value === 'number' && Number.isFinite(value)) {
      if (propertyName(key).encoded !== '') return true;
    }
  }
  return encodeProperties(properties, () => {}) !== '';
}

class PairWriter {
  pairs = '';
  readonly #taken = new Set<string>();
  #property = '';
  readonly #report: Report;
  readonly #changed = (change: Change): void => this.#report(change, this.#property);

  constructor(report: Report) {
    this.#report = report;
  }

  object(members: JsonObject, prefix: string, level: number): void {
    for (const key of Object.keys(members)) {
      if (level === 1) this.#property = key;
      const value = members[key];
      if (value === undefined) continue;
      if (isObject(value) && Object.keys(value).length > 0) {
        this.#nested(value as JsonObject, prefix + key, level);
      } else this.#pair(prefix + key, textOf(value, this.#changed));
    }
  }

  #nested(value: JsonObject, path: string, level: number): void {
    if (level < MAX_LEVELS) {
      this.#changed('nested');
      this.object(value, `${pathPrefix(path)}.`, level + 1);
    } else {
      this.#pair(path, jsonText(value, this.#changed));
    }
  }

  #pair(path: string, text: string): void {
    if (text === '') return;
    const { encoded, folded, changes } = propertyName(path);
    for (const change of changes) this.#changed(change);
    if (encoded === '') return;
    if (this.#taken.has(folded)) {
      this.#changed('same_name');
      return;
    }
    this.#taken.add(folded);
    this.pairs += `&${encoded}=${percentEncode(text)}`;
  }
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const SURELY_SHORT = Math.floor(MAX_VALUE_BYTES / 3);

/** A value as text; empty if it is not sent. Objects were flattened before. */
function textOf(value: JsonValue, changed: (change: Change) => void): string {
  switch (typeof value) {
    case 'string':
      if (value === '') changed('no_value');
      return bounded(value, changed);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      changed('no_value');
      return '';
    case 'boolean':
      changed('boolean');
      return String(value);
    case 'object':
      if (Array.isArray(value) && value.length > 0) return listText(value as readonly JsonValue[], changed);
      changed('no_value');
      return '';
    default:
      return ''; // undefined: not there in JSON either
  }
}

function jsonText(value: JsonValue, changed: (change: Change) => void): string {
  changed('json');
  return bounded(JSON.stringify(value), changed);
}

function listText(list: readonly JsonValue[], changed: (change: Change) => void): string {
  if (list.some((item) => typeof item === 'object' && item !== null)) return jsonText(list, changed);
  changed('list');
  const scalars = list.map((item) =>
    item === null || item === undefined ? '' : String(item as string | number | boolean),
  );
  const text = scalars.filter((item) => item !== '').join(', ');
  if (text === '') changed('no_value');
  return bounded(text, changed);
}

function bounded(text: string, changed: (change: Change) => void): string {
  const result = repaired(text, changed);
  if (result.length <= SURELY_SHORT) return result;
  const bytes = Buffer.from(result);
  if (bytes.length <= MAX_VALUE_BYTES) return result;
  changed('long_value');
  let end = MAX_VALUE_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--; // never within a character
  return bytes.toString('utf8', 0, end);
}
