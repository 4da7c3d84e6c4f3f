import type { EventJson } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { Reason } from '../../../event/reasons.js';
import { toCheckedLine } from './checked-line.js';

/** An event that no attempt can deliver in one lane. */
export interface DeadLetterLine {
  readonly event: EventJson;
  readonly lane: string;
  readonly reason: Reason;
  readonly attempts: number;
  /** The stored part of the platform's last answer, at most 1 KB. */
  readonly answer?: string | undefined;
  /** The lane's entry of the event. */
  readonly entry?: LaneEntry | undefined;
  /** When it became one, in epoch milliseconds. */
  readonly at: number;
  /** Of its record, in the folder of the file that this stands in. */
  readonly seq: number;
}

/** A dead letter that is none any more. */
export interface GoneLetterLine {
  /** The event's id. */
  readonly gone: string;
  readonly lane: string;
  readonly as: 'redriven' | 'dropped' | 'erased';
  /** Why it was dropped. */
  readonly reason?: Reason | undefined;
  /** The same in the words of whoever did it. */
  readonly why?: string | undefined;
  /** Of the record, as in the letter, so that this can be understood without the letter. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A dead letter, or the end of one, as the line that is appended. */
export function encodeDeadLetter(line: DeadLetterLine | GoneLetterLine): string {
  if ('gone' in line) {
    const { gone, lane, as, reason, why, seq, at } = line;
    return toCheckedLine({ gone, lane, as, reason, why, seq, at });
  }
  const { event, lane, reason, attempts, answer, entry, at, seq } = line;
  return toCheckedLine({ event, lane, reason, attempts, answer, entry, at, seq });
}

/** Which letter of a folder a line is about: the record's number, not the event's id, of which there may be several records. */
export const letterKey = (lane: string, seq: number): string => `${seq} ${lane}`;

/** What a checked line says of a dead letter, if it does. */
export function deadLetterOf(value: Record<string, unknown>): DeadLetterLine | GoneLetterLine | undefined {
  if (typeof value.lane !== 'string' || typeof value.at !== 'number') return undefined;
  return 'gone' in value ? gone(value) : letter(value);
}

function gone(value: Record<string, unknown>): GoneLetterLine | undefined {
  const { gone: id, as } = value;
  if (!Number.isSafeInteger(value.seq)) return undefined;
  if (typeof id !== 'string' || (as !== 'redriven' && as !== 'dropped' && as !== 'erased')) return undefined;
  return value as unknown as GoneLetterLine;
}

function letter(value: Record<string, unknown>): DeadLetterLine | undefined {
  const { event, reason, attempts, answer, seq, note } = value;
  if (typeof event !== 'object' || event === null || !('id' in event) || typeof event.id !== 'string') {
    return undefined;
  }
  // A reason that a later version knows is better shown than lost.
  if (typeof reason !== 'string' || typeof attempts !== 'number' || !Number.isSafeInteger(seq))
    return undefined;
  if (answer !== undefined && typeof answer !== 'string') return undefined;
  // Earlier versions wrote only the note.
  const entry = note === undefined ? value.entry : { note };
  return { ...value, entry } as unknown as DeadLetterLine;
}
