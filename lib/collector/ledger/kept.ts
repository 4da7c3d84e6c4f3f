import { guarded } from '../../host/guarded.js';
import type { ReceivedEvent, ReceivedRequest } from './received.js';
import { bytesOf, copyOf, lengthOf } from './text.js';

/** A stored event. Its properties are JSON, which is smaller than objects, quick to search and ready for an answer. */
export interface KeptEvent extends Omit<ReceivedEvent, 'properties'> {
  readonly properties: string;
  /** Too large to be kept whole: without its properties, and with cut texts. */
  readonly isCut: boolean;
  readonly bytes: number;
}

export interface KeptRequest extends Omit<ReceivedRequest, 'headers'> {
  /** As JSON. */
  readonly headers: string;
  readonly bodyLength: number;
  readonly isCut: boolean;
  readonly firstEvent: number;
  readonly bytes: number;
}

const MAX_EVENT = 256 * 1_024;
const MAX_CUT_TEXT = 1_000;
/** Above this share, texts are copied: a part of a text keeps the whole request in memory. */
const MAX_SHARE = 4_096;
/** The body of a larger request is kept in part: one request must not displace many. */
const MAX_BODY = 1_024 * 1_024;
const MAX_ANSWER = 64 * 1_024;
const MAX_PROBLEMS = 20;
/** Memory of an event or a request in addition to its texts. */
const OWN_BYTES = 400;

/** `share`: characters of its request for each event. */
export function keepEvent(event: ReceivedEvent, share: number): KeptEvent {
  const { name, id, userId, anonymousId } = event;
  // Values that are nested too deeply cannot be written.
  const properties = guarded(() => JSON.stringify(event.properties));
  const problems = event.problems.slice(0, MAX_PROBLEMS);
  const length = lengthOf([name, id, userId, anonymousId]);
  const isCut = properties === undefined || properties.length + length > MAX_EVENT;
  const isCopied = isCut || share > MAX_SHARE;
  const kept = <T extends string | null>(text: T): T =>
    isCopied ? copyOf(text, isCut ? MAX_CUT_TEXT : Infinity) : text;
  const bytes = isCut ? 8 * MAX_CUT_TEXT : bytesOf(properties) + 2 * length;
  return {
    ...event,
    name: kept(name),
    id: kept(id),
    userId: kept(userId),
    anonymousId: kept(anonymousId),
    properties: isCut ? '{}' : properties,
    problems,
    isCut,
    bytes: OWN_BYTES + Math.max(bytes, isCopied ? 0 : share) + lengthOf(problems),
  };
}

export function keepRequest(request: ReceivedRequest, firstEvent: number): KeptRequest {
  const headers = JSON.stringify(request.headers);
  const body = cut(request.body, MAX_BODY);
  const answer = cut(request.answer, MAX_ANSWER);
  const problems = request.problems.slice(0, MAX_PROBLEMS);
  return {
    ...request,
    headers,
    body,
    answer,
    problems,
    bodyLength: request.body.length,
    isCut: body !== request.body || answer !== request.answer || request.problems.length > MAX_PROBLEMS,
    firstEvent,
    bytes: OWN_BYTES + lengthOf([request.url, headers, ...problems]) + bytesOf(body) + bytesOf(answer),
  };
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? copyOf(text, maxLength) : text;
}
