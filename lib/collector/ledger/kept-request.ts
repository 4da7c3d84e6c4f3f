import type { ReceivedRequest } from './received-request.js';
import { bytesOf, copyOf } from './text.js';

/** A request as it is kept. */
export interface KeptRequest extends Omit<ReceivedRequest, 'headers'> {
  /** As JSON. */
  readonly headers: string;
  readonly bodyLength: number;
  readonly isCut: boolean;
  /** Number of its first event. */
  readonly firstEvent: number;
  readonly bytes: number;
}

/** The body of a larger request is kept in part: one request must not displace many. */
const MAX_BODY = 1_024 * 1_024;
const MAX_ANSWER = 64 * 1_024;
const MAX_PROBLEMS = 20;
/** Memory of a request in addition to its texts. */
const REQUEST_BYTES = 400;

export function keepRequest(request: ReceivedRequest, firstEvent: number): KeptRequest {
  const headers = JSON.stringify(request.headers);
  const body = cut(request.body, MAX_BODY);
  const answer = cut(request.answer, MAX_ANSWER);
  const problems = request.problems.slice(0, MAX_PROBLEMS);
  return {
    number: request.number,
    platform: request.platform,
    receivedAt: request.receivedAt,
    method: request.method,
    url: request.url,
    headers,
    body,
    events: request.events,
    status: request.status,
    answer,
    scripted: request.scripted,
    kept: request.kept,
    problems,
    bodyLength: request.body.length,
    isCut: body !== request.body || answer !== request.answer || request.problems.length > MAX_PROBLEMS,
    firstEvent,
    bytes:
      REQUEST_BYTES +
      request.url.length +
      headers.length +
      bytesOf(body) +
      bytesOf(answer) +
      problems.reduce((sum, { length }) => sum + length, 0),
  };
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? copyOf(text, maxLength) : text;
}
