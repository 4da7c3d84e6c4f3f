import { badOption } from '../config/check-option.js';
import { isPlainObject } from '../event/json-values.js';
import { pathText } from '../event/path-text.js';
import { snapshot, type Snapshot } from '../event/snapshot.js';
import type { JsonObject, JsonValue } from '../event/tracking-event.js';
import { UnserialisableError } from '../event/unserialisable.js';
import { copyOf } from './shown-event.js';

const OPTION = 'properties';
const VALUES =
  'a value that JSON holds: text, a finite number, true, false, null, an array or a plain object';

/** Properties that every `track` event has, unless the call has one of the same name. */
export class StaticProperties {
  readonly #value: JsonObject;
  readonly #names: readonly string[];
  /** By name, the size of a member in an event. */
  readonly #sizes: readonly number[];

  private constructor(value: JsonObject) {
    this.#value = value;
    this.#names = Object.keys(value);
    this.#sizes = this.#names.map((name) => snapshot({ [name]: value[name] }, Infinity).size - EMPTY_SIZE);
  }

  /** Undefined if there are none. `given` is checked. */
  static of(given: object | undefined, maxEventBytes: number): StaticProperties | undefined {
    if (given === undefined) return undefined;
    const members = Object.entries(snapshot(given, maxEventBytes).value);
    const kept = members.filter(([, member]) => member !== undefined);
    return kept.length === 0 ? undefined : new StaticProperties(Object.fromEntries(kept));
  }

  /** The properties of a call together with these. Members of the call are used as they are. */
  around(own: Snapshot): Snapshot {
    const value: Record<string, JsonValue> = { ...this.#value, ...own.value };
    let { size } = own;
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i]!;
      if (Object.hasOwn(own.value, name) && own.value[name] !== undefined) continue;
      // A hook may change the event in place, and must not change later events.
      value[name] = copyOf(this.#value[name]);
      size += this.#sizes[i]!;
    }
    return { value, size };
  }
}

const EMPTY_SIZE = 2;

/** @throws TrackingConfigError for a value that JSON cannot hold. It never shows the value. */
export function checkStaticProperties(given: unknown, maxEventBytes: number): void {
  if (given === undefined) return;
  if (!isPlainObject(given))
    throw badOption(OPTION, given, "a plain object, such as { environment: 'production' }");
  let copy: JsonObject;
  try {
    copy = snapshot(given, maxEventBytes).value;
  } catch (error) {
    if (error instanceof UnserialisableError) {
      throw badOption(at(error.path), given, 'values without circular references and getters that throw');
    }
    throw tooLarge(given, maxEventBytes);
  }
  const lost = firstLost(given, copy, []);
  if (lost !== undefined) throw badOption(at(pathText(lost.path)), lost.value, VALUES);
  if (Buffer.byteLength(JSON.stringify(copy)) > maxEventBytes) throw tooLarge(given, maxEventBytes);
}

function tooLarge(given: unknown, maxEventBytes: number): Error {
  return badOption(OPTION, given, `at most ${maxEventBytes} bytes as JSON (\`maxEventBytes\`)`);
}

function at(path: string): string {
  return path === '' ? OPTION : `${OPTION}.${path}`;
}

/** The first value that a copy as JSON would lose; `undefined` counts as not given. */
function firstLost(
  value: unknown,
  copy: JsonValue,
  path: readonly PropertyKey[],
): { path: readonly PropertyKey[]; value: unknown } | undefined {
  if (value === undefined && typeof path.at(-1) !== 'number') return undefined;
  if ((copy === undefined || copy === null) && value !== null) return { path, value };
  const members = Array.isArray(value)
    ? [...value.entries()]
    : isPlainObject(value) && typeof copy === 'object'
      ? Object.entries(value)
      : [];
  for (const [key, member] of members) {
    const lost = firstLost(member, (copy as JsonObject)[key], [...path, key]);
    if (lost !== undefined) return lost;
  }
  return undefined;
}
