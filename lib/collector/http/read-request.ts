import type { IncomingMessage } from 'node:http';
import { kindAnswer } from '../answers/decision.js';
import * as messages from '../collector.messages.js';
import type { CollectorPlatform, CollectorRequest, Reading } from '../platform.js';
import { MAX_VALUES } from '../platforms/reading/json.js';
import { jsonAnswer, withoutEvents } from '../platforms/reading/reading.js';
import type { Troubles } from '../troubles.js';
import { MAX_BODY_BYTES, type BodyFault } from './read-body.js';

export const UNREAD = withoutEvents({ status: 200 });

export interface RequestTarget {
  readonly path: string;
  /** Without `?`. */
  readonly search: string;
}

/** Splits the target of a request; a proxy's form, `http://host/path`, too. `new URL()` is slower, and throws on hostile text. */
export function readTarget(url = '/'): RequestTarget {
  const whole = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const end = whole.indexOf('?');
  return end === -1
    ? { path: whole, search: '' }
    : { path: whole.slice(0, end), search: whole.slice(end + 1) };
}

/** A request as a platform reads it. Its query is parsed only for a platform that asks for it. */
export class PlatformRequest implements CollectorRequest {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  #query: URLSearchParams | undefined;

  constructor(
    { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
    { path, search }: RequestTarget,
    readonly body: string,
    readonly receivedAt: number,
  ) {
    this.method = method;
    this.path = path;
    this.search = search;
    const { 'set-cookie': list, ...others } = headers;
    // The only header that Node.js makes a list of. It is one of answers.
    this.headers = (list === undefined ? headers : others) as Record<string, string>;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.search));
  }
}

export function readRequest(
  platform: CollectorPlatform,
  request: CollectorRequest,
  fault: BodyFault | undefined,
  troubles: Troubles,
): Reading {
  const { name } = platform;
  if (fault !== undefined) return faulty(platform, fault);
  try {
    const reading = platform.read(request);
    if (reading !== undefined) return reading;
    troubles.once(`path ${name}`, () => messages.hasNoSuchPath(name));
    return failed(404, messages.noSuchPath());
  } catch (error) {
    troubles.fault(`unreadable ${name}`, error, (kind) => messages.failedToRead(name, kind));
    // After a 500, a sender would retry it for ever.
    return failed(400, messages.unreadableRequest());
  }
}

function faulty(platform: CollectorPlatform, fault: BodyFault): Reading {
  const problem = messages.unreadableBody(fault, MAX_BODY_BYTES, MAX_VALUES);
  if (fault === 'broken') return failed(400, problem);
  if (fault === 'unknown-encoding') return failed(415, problem);
  return withoutEvents(kindAnswer(platform, 'too-large', UNREAD)!, problem);
}

function failed(status: number, problem: string): Reading {
  return withoutEvents(jsonAnswer(status, { error: problem }), problem);
}
