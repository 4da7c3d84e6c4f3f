import type { EventJson } from '../../../event/event-json.js';
import type { LaneEntry, LaneNote } from '../../../event/lane-event.js';
import type { Reason } from '../../../event/reasons.js';
import { isObject, type UnknownObject } from '../../../event/json-values.js';
import { lineKind } from './checked-line.js';
import { isNumber, isText, optional } from './shape.js';

/** An event that a lane gave up. */
export interface DeadLetterLine {
  readonly event: EventJson;
  readonly lane: string;
  readonly reason: Reason;
  readonly attempts: number;
  /** The stored part of the platform's last answer, at most 1 KB. */
  readonly answer?: string | undefined;
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
  readonly reason?: Reason | undefined;
  /** The user's reason. */
  readonly why?: string | undefined;
  /** The number of the record, as in the letter, so that this line makes sense without the letter. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

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

/** Identifies a letter of a folder: by the record's number, because an event may have several records. */
export const letterKey = (lane: string, seq: number): string => `${seq} ${lane}`;

const LETTER = lineKind<DeadLetterLine>({
  event: (event) => isObject(event) && isText(event['id']),
  lane: isText,
  // Any text: a letter with a reason of a later version must not be lost.
  reason: isText,
  attempts: isNumber,
  answer: optional(isText),
  entry: () => true,
  at: isNumber,
  seq: Number.isSafeInteger,
});
const ENDS: readonly unknown[] = ['redriven', 'dropped', 'erased'];
const GONE = lineKind<GoneLetterLine>({
  gone: isText,
  lane: isText,
  as: (as) => ENDS.includes(as),
  reason: () => true,
  why: () => true,
  seq: Number.isSafeInteger,
  at: isNumber,
});

export function encodeDeadLetter(line: DeadLetterLine | GoneLetterLine): string {
  return 'gone' in line ? GONE.encode(line) : LETTER.encode(line);
}

/** The dead letter, or the outcome of one, in a checked line; `undefined` for any other line. */
export function deadLetterOf(value: UnknownObject): DeadLetterLine | GoneLetterLine | undefined {
  if ('gone' in value) return GONE.read(value);
  const letter = LETTER.read(value);
  // Format 1 had only the note.
  const entry = value['note'] === undefined ? letter?.entry : { note: value['note'] as LaneNote };
  return letter && { ...letter, entry };
}
