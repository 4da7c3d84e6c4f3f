import { toEventJson, type EventJson } from '../../../event/event-json.js';
import type { HeldEvent } from '../../../event/lane-event.js';
import { concerns, concernsLane } from './erase-match.js';
import type { LaneEntries } from '../format/record.js';
import type { ErasePayload } from './command-payloads.js';

/** A shorter text may be anywhere by chance: it counts only in quotes. */
const DISTINCT_LENGTH = 6;

const WORD = /[\p{L}\p{N}_]/u;

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

/** The person to erase. Decides whether an event is about this person, and whether an unreadable text names the person. */
export class Person {
  /** The JSON of every matching event contains one of these. */
  readonly #hints: readonly string[];
  readonly #names: readonly string[];

  constructor(private readonly payload: ErasePayload) {
    const ids = [...payload.userIds, ...payload.anonymousIds];
    const values = [...ids, ...payload.properties.map(({ value }) => value)].filter((value) => value !== '');
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
    return (
      this.#isInEntries(entries) ||
      (this.#hints.some((hint) => json.includes(hint)) &&
        concerns(JSON.parse(json) as EventJson, this.payload))
    );
  }

  isInEvent(event: EventJson, entries: LaneEntries | undefined): boolean {
    return this.#isInEntries(entries) || concerns(event, this.payload);
  }

  /** As {@link isInEvent}, without the entries of other lanes, which one lane does not have. */
  isInHeld({ event, json, entry }: HeldEvent): boolean {
    const entries = entry && { own: entry };
    return json === undefined ? this.isInEvent(toEventJson(event), entries) : this.isIn(json, entries);
  }

  #isInEntries(entries: LaneEntries | undefined): boolean {
    return entries !== undefined && Object.values(entries).some((entry) => concernsLane(entry, this.payload));
  }

  /** Whether a text from which no event can be read contains one of the ids or values. */
  isNamedIn(text: string): boolean {
    return this.#names.some((name) => contains(text, name));
  }
}
