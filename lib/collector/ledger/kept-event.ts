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
/** Of an event in memory, beside its texts. */
const EVENT_BYTES = 400;

/** `share`: bytes of its request for each event, because its texts may be parts of the request's. */
export function keepEvent(event: ReceivedEvent, share: number): KeptEvent {
  const properties = jsonOf(event.properties);
  const texts =
    lengthOf(event.name) + lengthOf(event.id) + lengthOf(event.userId) + lengthOf(event.anonymousId);
  if (properties === undefined || properties.length + texts > MAX_LENGTH) return keepPart(event);
  return {
    number: event.number,
    request: event.request,
    platform: event.platform,
    receivedAt: event.receivedAt,
    kind: event.kind,
    name: event.name,
    id: event.id,
    userId: event.userId,
    anonymousId: event.anonymousId,
    time: event.time,
    outcome: event.outcome,
    problems: event.problems.length > MAX_PROBLEMS ? event.problems.slice(0, MAX_PROBLEMS) : event.problems,
    properties,
    isCut: false,
    bytes: EVENT_BYTES + Math.max(bytesOf(properties) + texts * 2, share),
  };
}

function keepPart(event: ReceivedEvent): KeptEvent {
  const part = (text: string | null): string | null => (text === null ? null : copyOf(text, MAX_CUT_TEXT));
  return {
    ...event,
    name: copyOf(event.name, MAX_CUT_TEXT),
    id: part(event.id),
    userId: part(event.userId),
    anonymousId: part(event.anonymousId),
    problems: event.problems.slice(0, MAX_PROBLEMS),
    properties: '{}',
    isCut: true,
    bytes: EVENT_BYTES + 8 * MAX_CUT_TEXT,
  };
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
