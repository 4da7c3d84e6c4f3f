import { EVENT_KINDS, type EventKind } from '../../ledger/received.js';
import type { Answer, CollectorRequest, Reading } from '../../platform.js';
import { isObject, isoTime, objectOf, parseJson, textOf, type UnknownObject } from '../reading/json.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';
import { basicUser } from '../reading/request.js';
import { allWith, readMessage, type Message } from './message.js';
import { noBatch, noJson, noPost, oldSentAt } from './segment-protocol.messages.js';

/** The content that a path accepts: a batch, or one message of a kind. */
export type Route = 'batch' | EventKind;

export interface ProtocolRequest {
  readonly messages: readonly Message[];
  /** Its members; empty if the body is not readable. */
  readonly body: UnknownObject;
  /** Why there are no messages to read. */
  readonly unreadable?: keyof typeof UNREADABLE;
  readonly problems: readonly string[];
}

const UNREADABLE = { noPost, noJson, noBatch } as const;
const SETTINGS_PATH = /^\/v1\/projects\/([^/]+)\/settings$/;
/** Longer than any attempt takes, shorter than any backoff that matters. */
const MAX_DELAY_MS = 60_000;

/** The routes that all hosts of the protocol have, for servers and for their browser SDKs. */
export const PROTOCOL_ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/batch', 'batch'],
  ['/v1/b', 'batch'],
  ...singleRoutes((kind) => [`/v1/${kind}`, `/v1/${kind[0]}`]),
]);

export function singleRoutes(pathsOf: (kind: EventKind) => readonly string[]): [string, Route][] {
  return EVENT_KINDS.flatMap((kind) => pathsOf(kind).map((path): [string, Route] => [path, kind]));
}

export function readProtocol(
  { method, body: text, receivedAt }: CollectorRequest,
  route: Route,
): ProtocolRequest {
  if (method !== 'POST') return unreadable('noPost');
  const body = parseJson(text);
  if (!isObject(body)) return unreadable('noJson');
  const { batch, sentAt } = body;
  if (route !== 'batch') {
    return { messages: [readMessage(body, route)], body, problems: sentAtProblems(sentAt, receivedAt) };
  }
  if (!Array.isArray(batch)) return unreadable('noBatch', body);
  const problems = sentAtProblems(sentAt ?? objectOf(batch[0])['sentAt'], receivedAt);
  return { messages: batch.map((each) => readMessage(each)), body, problems };
}

function unreadable(why: keyof typeof UNREADABLE, body: UnknownObject = {}): ProtocolRequest {
  return { messages: [], body, unreadable: why, problems: [UNREADABLE[why]] };
}

function sentAtProblems(sentAt: unknown, receivedAt: number): readonly string[] {
  const time = isoTime(sentAt);
  return time === null || Math.abs(receivedAt - time) <= MAX_DELAY_MS ? [] : [oldSentAt];
}

/** A request that is rejected as a whole: also its messages that break no rule. */
export function allRejected(
  { messages, problems }: ProtocolRequest,
  answer: Answer,
  ...more: readonly string[]
): Reading {
  return { events: allWith(messages, 'rejected'), answer, problems: [...problems, ...more] };
}

export function writeKeyOf({ headers }: CollectorRequest, body: UnknownObject): string | undefined {
  return basicUser(headers['authorization']) ?? textOf(body['writeKey']) ?? undefined;
}

/** Answers analytics.js: its settings, which send its events to the collector, and its metrics. Undefined: another path. */
export function readHousekeeping(
  { path, headers }: CollectorRequest,
  platform: string,
  integration = 'Segment.io',
): Reading | undefined {
  if (path === '/v1/m') return withoutEvents(jsonAnswer(200, { success: true }));
  const [, apiKey] = SETTINGS_PATH.exec(path) ?? [];
  if (apiKey === undefined) return undefined;
  const own = {
    apiKey,
    apiHost: `${headers['host'] ?? '127.0.0.1'}/${platform}/v1`,
    protocol: 'http',
    unbundledIntegrations: [],
    addBundledMetadata: false,
    maybeBundledConfigIds: {},
    versionSettings: { componentTypes: [] },
  };
  const settings = {
    integrations: { [integration]: own },
    plan: {},
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
  return withoutEvents(jsonAnswer(200, settings));
}
