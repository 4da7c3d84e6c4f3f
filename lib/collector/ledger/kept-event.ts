import type { ReceivedEvent } from './received-event.js';
import { bytesOf, copyOf } from './text.js';

/** An event as it is kept: properties as JSON, which is smaller than objects, quick to search and ready to answer with. */
export interface KeptEvent extends Omit<ReceivedEvent, 'properties'> {
  readonly properties: string;
  /** Too large to be kept whole: without its properties, and with cut texts. */
  readonly isCut: boolean;
  readonly bytes: number;
}

const MAX_LENGTH = 256 * 1_024;
const MAX_CUT_TEXT = 1_000;
const MAX_PROBLEMS = 20;
/** Above this share, texts are copied: a part of a text keeps the whole request in memory. */
const MAX_SHARE = 4_096;
/** Memory of an event in addition to its texts. */
const EVENT_BYTES = 400;

/** `share`: characters of its request for each event. */
export function keepEvent(event: ReceivedEvent, share: number): KeptEvent {
  const { name, id, userId, anonymousId } = event;
  const properties = jsonOf(event.properties);
  const length = name.length + lengthOf(id) + lengthOf(userId) + lengthOf(anonymousId);
  const isCut = properties === undefined || properties.length + length > MAX_LENGTH;
  const keep = isCut || share > MAX_SHARE ? partOf : itself;
  const maxLength = isCut ? MAX_CUT_TEXT : Infinity;
  const problems =
    event.problems.length > MAX_PROBLEMS ? event.problems.slice(0, MAX_PROBLEMS) : event.problems;
  return {
    number: event.number,
    request: event.request,
    platform: event.platform,
    receivedAt: event.receivedAt,
    kind: event.kind,
    name: keep(name, maxLength)!,
    id: keep(id, maxLength),
    userId: keep(userId, maxLength),
    anonymousId: keep(anonymousId, maxLength),
    time: event.time,
    outcome: event.outcome,
    problems,
    properties: isCut ? '{}' : properties,
    isCut,
    bytes:
      EVENT_BYTES +
      (isCut ? 8 * MAX_CUT_TEXT : Math.max(bytesOf(properties) + 2 * length, keep === itself ? share : 0)) +
      problems.reduce((sum, { length: each }) => sum + each, 0),
  };
}

function itself(text: string | null): string | null {
  return text;
}

function partOf(text: string | null, maxLength: number): string | null {
  return text === null ? null : copyOf(text, maxLength);
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}

/** Undefined: it is nested too deeply to be written. */
function jsonOf(properties: ReceivedEvent['properties']): string | undefined {
  try {
    return JSON.stringify(properties);
  } catch {
    return undefined;
  }
}
