import type { EventJson } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { Reason } from '../../../event/reasons.js';
import { isObject, type UnknownObject } from '../../../event/json-values.js';
import { toCheckedLine } from './checked-line.js';
import { hasShape, isNumber, isText, optional, type Shape } from './shape.js';

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

/** How a dead letter ended. */
export type LetterEnd = Pick<GoneLetterLine, 'as' | 'reason'>;

/** An outcome, as the end of its letter changes it. */
export function withEnd<T extends { readonly state: string; readonly reason?: string | undefined }>(
  own: T,
  end: LetterEnd | undefined,
): T {
  if (own.state !== 'dead' || end === undefined) return own;
  if (end.as === 'redriven') return { ...own, state: 'redriven', reason: undefined };
  return { ...own, state: 'dropped', reason: end.as === 'erased' ? 'erased' : (end.reason ?? own.reason) };
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
  if (!hasShape(value, { lane: isText, at: isNumber })) return undefined;
  if (!('gone' in value)) return letter(value);
  return hasShape(value, GONE) ? (value as unknown as GoneLetterLine) : undefined;
}

const ENDS: readonly unknown[] = ['redriven', 'dropped', 'erased'];
const GONE: Shape = { gone: isText, as: (as) => ENDS.includes(as), seq: Number.isSafeInteger };
const LETTER: Shape = {
  event: (event) => isObject(event) && isText(event['id']),
  // Also a reason that only a later version knows: the letter is shown rather than lost.
  reason: isText,
  attempts: isNumber,
  answer: optional(isText),
  seq: Number.isSafeInteger,
};

function letter(value: UnknownObject): DeadLetterLine | undefined {
  if (!hasShape(value, LETTER)) return undefined;
  // Format 1 had only the note.
  const entry = value['note'] === undefined ? value['entry'] : { note: value['note'] };
  return { ...value, entry } as unknown as DeadLetterLine;
}
