import type { EventKind } from '../../ledger/received-event.js';
import type { CollectorRequest } from '../../platform.js';
import { basicUser } from '../reading/authorization.js';
import { isObject, objectOf, parseJson, textOf, type JsonObject } from '../reading/json.js';
import { isoTime } from '../reading/time.js';
import { readMessage, type Message } from './message.js';
import { noBatch, noJson, noPost, oldSentAt } from './segment-protocol.messages.js';

/** What a path takes: a batch, or one message of a kind. */
export type Route = 'batch' | EventKind;

/** A request of the protocol. */
export interface ProtocolRequest {
  readonly messages: readonly Message[];
  /** Its members; empty where it is not readable. */
  readonly body: JsonObject;
  /** Why there are no messages to read. */
  readonly unreadable?: 'noPost' | 'noJson' | 'noBatch';
  readonly problems: readonly string[];
}

/** The routes that all hosts of the protocol have, for servers and for their browser SDKs. */
export const PROTOCOL_ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/batch', 'batch'],
  ['/v1/b', 'batch'],
  ...(['track', 'identify', 'group', 'alias', 'page', 'screen'] as const).flatMap(
    (kind): [string, Route][] => [
      [`/v1/${kind}`, kind],
      [`/v1/${kind[0]}`, kind],
    ],
  ),
]);

const UNREADABLE = { noPost, noJson, noBatch } as const;
const NOTHING: JsonObject = Object.freeze({});
const NO_PROBLEMS: readonly string[] = Object.freeze([]);
/** Longer than any attempt takes, shorter than any backoff that matters. */
const MAX_DELAY_MS = 60_000;

/** Reads the messages of a request. */
export function readProtocol(
  { method, body: text, receivedAt }: CollectorRequest,
  route: Route,
): ProtocolRequest {
  if (method !== 'POST') return unreadable('noPost');
  const body = parseJson(text);
  if (!isObject(body)) return unreadable('noJson');
  if (route !== 'batch') {
    return {
      messages: [readMessage(body, route)],
      body,
      problems: sentAtProblems(body['sentAt'], receivedAt),
    };
  }
  const { batch, sentAt } = body;
  if (!Array.isArray(batch)) return unreadable('noBatch', body);
  return {
    messages: batch.map((each) => readMessage(each)),
    body,
    problems: sentAtProblems(sentAt ?? objectOf(batch[0])['sentAt'], receivedAt),
  };
}

function unreadable(why: keyof typeof UNREADABLE, body = NOTHING): ProtocolRequest {
  return { messages: [], body, unreadable: why, problems: [UNREADABLE[why]] };
}

function sentAtProblems(sentAt: unknown, receivedAt: number): readonly string[] {
  const time = isoTime(sentAt);
  return time === null || Math.abs(receivedAt - time) <= MAX_DELAY_MS ? NO_PROBLEMS : [oldSentAt];
}

/** The write key, from the header or the body. */
export function writeKeyOf({ headers }: CollectorRequest, body: JsonObject): string | undefined {
  return basicUser(headers['authorization']) ?? textOf(body['writeKey']) ?? undefined;
}
