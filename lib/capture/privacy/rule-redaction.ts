import { type Snapshot, snapshot } from '../../event/snapshot.js';
import { guarded } from '../../host/guarded.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import { isEventName } from '../../event/event-name.js';
import type { EventParts } from '../event-parts.js';
import type { Groups } from '../groups.js';
import { isOversize, Refusal } from '../refusal.js';
import { MemberNames } from './member-names.js';
import { NOWHERE, ofElement, ofMember, type Place, placesBelow } from './places.js';
import { redactionRows, type RedactionRules } from './privacy-options.js';
import { TextRules } from './text-rules.js';

const DEFAULT_REPLACEMENT = redactionRows.replacement.fallback;

/** Removes from events what the rules name. Changed objects are copied, so that code which has the event sees no change. */
export class RuleRedaction {
  /** Absent where members are left out. */
  readonly #replacement: string | undefined;
  readonly #properties: readonly Place[];
  readonly #context: readonly Place[];
  readonly #groups: readonly Place[];
  readonly #texts: TextRules | undefined;
  readonly #names: MemberNames | undefined;

  constructor(
    { paths = [], keys = [], values = [], replacement, remove, maxTextLength }: RedactionRules,
    private readonly maxEventBytes: number,
  ) {
    const maxLength = maxTextLength ?? redactionRows.maxTextLength.fallback;
    const standsFor = replacement ?? DEFAULT_REPLACEMENT;
    this.#replacement = remove === true ? undefined : standsFor;
    this.#properties = placesBelow('properties', paths);
    this.#context = placesBelow('context', paths);
    this.#groups = placesBelow('groups', paths);
    this.#texts = values.length === 0 ? undefined : new TextRules(values, this.#replacement ?? '', maxLength);
    this.#names =
      keys.length === 0 && this.#texts === undefined
        ? undefined
        : new MemberNames(keys, this.#texts, standsFor, maxLength);
  }

  /** Ids do not change. A pattern of the application may throw. */
  apply(parts: EventParts): EventParts | Refusal {
    try {
      const { name, groups, properties, context } = parts;
      const left = {
        name: this.#texts === undefined ? name : (this.#texts.clean(name) ?? this.#replacement ?? ''),
        groups: groups && this.#groupsLeft(groups),
        properties: this.#cleaned(properties, this.#properties),
        context: context === undefined ? undefined : this.#cleaned(context, this.#context),
      };
      const isSame =
        left.name === name &&
        left.groups === groups &&
        left.properties === properties &&
        left.context === context;
      if (isSame) return parts;
      return isEventName(left.name) ? { ...parts, ...left } : new Refusal('invalid_name');
    } catch (error) {
      return new Refusal(isOversize(error) ? 'too_large' : 'redact_error');
    }
  }

  /** A name as it would be stored, for the log of an event that was rejected before. */
  shownName(name: string): string {
    if (this.#texts === undefined) return name;
    const texts = this.#texts;
    return guarded(() => texts.clean(name) ?? this.#replacement) ?? DEFAULT_REPLACEMENT;
  }

  /** An id is never replaced by a text, which would merge many groups into one. */
  #groupsLeft(groups: Groups): Groups | undefined {
    const all = Object.entries(groups);
    const left = all.filter(
      ([type]) =>
        this.#names?.judge(type).isHidden !== true &&
        !ofMember(this.#groups, type).some(({ isEnd }) => isEnd),
    );
    if (left.length === all.length) return groups;
    return left.length === 0 ? undefined : Object.fromEntries(left);
  }

  #cleaned(copy: Snapshot, places: readonly Place[]): Snapshot {
    if (places.length === 0 && this.#names === undefined) return copy;
    const value = this.#object(copy.value, places);
    // Copied once more for its size alone: only what was changed has to pay for that.
    return value === copy.value ? copy : snapshot(value, this.maxEventBytes);
  }

  #value(value: JsonValue, places: readonly Place[]): JsonValue {
    switch (typeof value) {
      case 'string':
        return this.#texts === undefined ? value : (this.#texts.clean(value) ?? this.#replacement);
      case 'number':
        return this.#number(value);
      case 'object':
        if (value === null) return null;
        return Array.isArray(value)
          ? this.#array(value as readonly JsonValue[], places)
          : this.#object(value as JsonObject, places);
      default:
        return value;
    }
  }

  /** As JSON writes it, because that is what everybody who is handed it sees. */
  #number(value: number): JsonValue {
    if (this.#texts === undefined) return value;
    // A fraction has more digits than anybody's number, and says nothing with them.
    if (!Number.isInteger(value)) return value;
    const written = String(value);
    return this.#texts.clean(written) === written ? value : this.#replacement;
  }

  #array(values: readonly JsonValue[], places: readonly Place[]): readonly JsonValue[] {
    let changed: JsonValue[] | undefined;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const below = places.length === 0 ? NOWHERE : ofElement(places, i);
      const left = this.#member(value, below, false);
      if (left === value) continue;
      changed ??= values.slice();
      changed[i] = left ?? null;
    }
    return changed ?? values;
  }

  #object(object: JsonObject, places: readonly Place[]): JsonObject {
    const names = Object.keys(object);
    let changed: Record<string, JsonValue> | undefined;
    let isRenamed = false;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const value = object[name];
      const verdict = this.#names?.judge(name);
      if (verdict !== undefined && verdict.name !== name) isRenamed = true;
      const below = places.length === 0 ? NOWHERE : ofMember(places, name);
      const left = this.#member(value, below, verdict?.isHidden === true);
      if (left === value) continue;
      changed ??= { ...object };
      // It is there already, so that even `__proto__` is only a name.
      changed[name] = left;
    }
    return isRenamed ? this.#renamed(changed ?? object) : (changed ?? object);
  }

  /** `undefined` leaves it out. */
  #member(value: JsonValue, places: readonly Place[], isHidden: boolean): JsonValue {
    if (value === undefined || value === null) return value;
    if (isHidden) return this.#replacement;
    if (places.length > 0) {
      if (places.some(({ isEnd }) => isEnd)) return this.#replacement;
      return this.#value(value, places);
    }
    // Off every path, only names and texts are left to look at.
    return this.#names === undefined ? value : this.#value(value, places);
  }

  /** Two names of which the same is left must not hide each other's value. */
  #renamed(object: JsonObject): JsonObject {
    const entries = new Map<string, JsonValue>();
    /** By name, the next number to try: a thousand equal names would otherwise need a million tries. */
    const counts = new Map<string, number>();
    for (const [name, value] of Object.entries(object)) {
      const wanted = this.#names!.judge(name).name;
      let free = wanted;
      let count = counts.get(wanted) ?? 2;
      for (; entries.has(free); count++) free = `${wanted} ${count}`;
      counts.set(wanted, count);
      entries.set(free, value);
    }
    return Object.fromEntries(entries);
  }
}
