import type { EventJson } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { Reason } from '../../../event/reasons.js';
import { isObject, type UnknownObject } from '../../../event/json-values.js';
import { toCheckedLine } from './checked-line.js';
import { hasShape, isNumber, isText, optional, type Shape } from './shape.js';

/** An event that a lane gave up. */
export interface DeadLetterLine {
  readonly event: EventJson;
  readonly lane: string;
  readonly reason: Reason;
  readonly attempts: number;
  /** The stored part of the platform's last answer, at most 1 KB. */
  readonly answer?: string | undefined;
  /** The lane's entry of the event. */
  readonly entry?: LaneEntry | undefined;
  /** When the lane gave it up, in epoch milliseconds. */
  readonly at: number;
  /** The number of its record in the same folder. */
  readonly seq: number;
}

/** The outcome of a dead letter. */
export interface GoneLetterLine {
  /** The event's id. */
  readonly gone: string;
  readonly lane: string;
  readonly as: 'redriven' | 'dropped' | 'erased';
  /** Why it was dropped. */
  readonly reason?: Reason | undefined;
  /** The user's reason. */
  readonly why?: string | undefined;
  /** The number of the record, as in the letter, so that this line makes sense without the letter. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The outcome of a dead letter, without its details. */
export type LetterEnd = Pick<GoneLetterLine, 'as' | 'reason'>;

/** An outcome of an event after the outcome of its dead letter. */
export function withEnd<T extends { readonly state: string; readonly reason?: string | undefined }>(
  own: T,
  end: LetterEnd | undefined,
): T {
  if (own.state !== 'dead' || end === undefined) return own;
  if (end.as === 'redriven') return { ...own, state: 'redriven', reason: undefined };
  return { ...own, state: 'dropped', reason: end.as === 'erased' ? 'erased' : (end.reason ?? own.reason) };
}

/** The line of a dead letter, or of the outcome of one. */
export function encodeDeadLetter(line: DeadLetterLine | GoneLetterLine): string {
  if ('gone' in line) {
    const { gone, lane, as, reason, why, seq, at } = line;
    return toCheckedLine({ gone, lane, as, reason, why, seq, at });
  }
  const { event, lane, reason, attempts, answer, entry, at, seq } = line;
  return toCheckedLine({ event, lane, reason, attempts, answer, entry, at, seq });
}

/** Identifies a letter of a folder: by the record's number, because an event may have several records. */
export const letterKey = (lane: string, seq: number): string => `${seq} ${lane}`;

/** The dead letter, or the outcome of one, in a checked line; `undefined` for any other line. */
export function deadLetterOf(value: Record<string, unknown>): DeadLetterLine | GoneLetterLine | undefined {
  if (!hasShape(value, { lane: isText, at: isNumber })) return undefined;
  if (!('gone' in value)) return letter(value);
  return hasShape(value, GONE) ? (value as unknown as GoneLetterLine) : undefined;
}

const ENDS: readonly unknown[] = ['redriven', 'dropped', 'erased'];
const GONE: Shape = { gone: isText, as: (as) => ENDS.includes(as), seq: Number.isSafeInteger };
const LETTER: Shape = {
  event: (event) => isObject(event) && isText(event['id']),
  // Any text: a letter with a reason of a later version must not be lost.
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
