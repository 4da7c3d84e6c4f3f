import { toEventJson, type EventJson } from '../../../event/event-json.js';
import type { HeldEvent } from '../../../event/lane-event.js';
import type { JsonValue } from '../../../event/tracking-event.js';
import type { LogLine } from '../files/log-file.js';
import { deadLetterOf, encodeDeadLetter } from '../format/dead-letter-line.js';
import type { LaneEntries } from '../format/record.js';
import type { ErasePayload } from './command-payloads.js';

/** A shorter text may be anywhere by chance: it counts only in quotes. */
const DISTINCT_LENGTH = 6;

const WORD = /[\p{L}\p{N}_]/u;

/** Recognises the person to erase, in events and in texts that cannot be read. */
export class PersonToErase {
  readonly #ids: ReadonlySet<string>;
  readonly #properties: ErasePayload['properties'];
  /** The JSON of every matching event contains one of these. */
  readonly #hints: readonly string[];
  readonly #names: readonly string[];

  constructor({ userIds, anonymousIds, properties }: ErasePayload) {
    this.#ids = new Set([...userIds, ...anonymousIds]);
    this.#properties = properties;
    const values = [...this.#ids, ...properties.map(({ value }) => value)].filter((value) => value !== '');
    this.#hints = values.map((value) => JSON.stringify(value).slice(1, -1));
    this.#names = values.flatMap((value) => {
      const quoted = JSON.stringify(value);
      const escaped = JSON.stringify(quoted).slice(1, -1);
      return value.length >= DISTINCT_LENGTH
        ? [quoted.slice(1, -1), escaped.slice(2, -2)]
        : [quoted, escaped];
    });
  }

  /** Whether an event's JSON, or an entry of its lanes, is about the person. Cheap checks come first. */
  isIn(json: string, entries: LaneEntries | undefined): boolean {
    if (this.#isInEntries(entries)) return true;
    return this.#hints.some((hint) => json.includes(hint)) && this.#isAbout(JSON.parse(json) as EventJson);
  }

  isInEvent(event: EventJson, entries: LaneEntries | undefined): boolean {
    return this.#isInEntries(entries) || this.#isAbout(event);
  }

  /** As {@link isInEvent}, without the entries of other lanes, which one lane does not have. */
  isInHeld({ event, json, entry }: HeldEvent): boolean {
    const entries = entry && { own: entry };
    return json === undefined ? this.isInEvent(toEventJson(event), entries) : this.isIn(json, entries);
  }

  /** Whether a text from which no event can be read contains one of the ids or values. */
  isNamedIn(text: string): boolean {
    return this.#names.some((name) => contains(text, name));
  }

  /**
   * A dead-letter line without any trace of the person. Its answer may name another person than its event.
   *
   * @param isErased whether an event was about the person by the entries of other lanes
   */
  letterWithout(
    { value, text }: LogLine,
    isErased: (id: string) => boolean = () => false,
  ): string | undefined {
    const line = value && deadLetterOf(value);
    if (line === undefined) return this.isNamedIn(text) ? undefined : text;
    if ('gone' in line) {
      const isNamed = line.why !== undefined && this.isNamedIn(line.why);
      return isNamed ? encodeDeadLetter({ ...line, why: undefined }).trimEnd() : text;
    }
    const entries = line.entry && { [line.lane]: line.entry };
    if (isErased(line.event.id) || this.isInEvent(line.event, entries)) return undefined;
    const isNamed = line.answer !== undefined && this.isNamedIn(line.answer);
    return isNamed ? encodeDeadLetter({ ...line, answer: undefined }).trimEnd() : text;
  }

  #isAbout({ userId, previousId, anonymousId, properties, context }: EventJson): boolean {
    return this.#isNamedBy([userId, previousId, anonymousId], [properties, context]);
  }

  #isInEntries(entries: LaneEntries = {}): boolean {
    return Object.values(entries).some(({ browser, stripped, properties }) =>
      this.#isNamedBy([browser?.anonymousId, stripped?.id, stripped?.anonymousId], [properties]),
    );
  }

  /** Whether an id in any role, or a property of one of these objects, is the person's. */
  #isNamedBy(ids: readonly (string | undefined)[], objects: readonly (JsonValue | undefined)[]): boolean {
    return (
      ids.some((id) => id !== undefined && this.#ids.has(id)) ||
      this.#properties.some(({ path, value }) =>
        objects.some((object) => textsAt(object, path).includes(value)),
      )
    );
  }
}

/** Whether a text contains a name that is not part of a longer one, such as `user-4` of `user-42`. */
function contains(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + name.length]];
    // A line feed in JSON is a backslash and a letter.
    const begins = !WORD.test(name[0]!) || !WORD.test(before) || text[at - 2] === '\\';
    if (begins && !(WORD.test(name.at(-1)!) && WORD.test(after))) return true;
  }
  return false;
}

/** The values at a path as text: `customer.email`, also if a name contains a dot. */
function textsAt(value: JsonValue | undefined, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => textsAt(item, path));
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === path) return textsOf(member as JsonValue);
    return path.startsWith(`${name}.`) ? textsAt(member as JsonValue, path.slice(name.length + 1)) : [];
  });
}

function textsOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => textsOf(item));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}
