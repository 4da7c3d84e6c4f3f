import { type Snapshot, snapshot } from '../../event/snapshot.js';
import { guarded } from '../../host/guarded.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import { isEventName } from '../../event/event-name.js';
import type { EventParts } from '../made-event.js';
import type { Groups } from '../groups.js';
import { isOversize, Refusal } from '../call-end.js';
import { MemberNames } from './member-names.js';
import { NOWHERE, ofElement, ofMember, type Place, placesBelow } from './places.js';
import { redactionRows, type RedactionRules } from './privacy-options.js';
import { TextRules } from './text-rules.js';

const DEFAULT_REPLACEMENT = redactionRows.replacement.fallback;

/** Removes the parts of events that the rules name. Changed objects are copied, because other code may have the event. */
export class RuleRedaction {
  /** Absent if members are left out. */
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

  /** A name as it would be stored, for the log of a rejected event. */
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
    // Copied again to measure its size. Only changed values need it.
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

  /** As JSON writes it, because platforms see that text. */
  #number(value: number): JsonValue {
    if (this.#texts === undefined) return value;
    // The digits of a fraction are no number of a card or a phone.
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
      // The copy has this member already, so even `__proto__` is safe.
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
    // Without a path, only names and texts remain to be checked.
    return this.#names === undefined ? value : this.#value(value, places);
  }

  /** Two names with the same redacted text must not hide each other's value. */
  #renamed(object: JsonObject): JsonObject {
    const entries = new Map<string, JsonValue>();
    /** By name, the next number to try. Otherwise, a thousand equal names would need a million tries. */
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
