import { EVENT_KINDS, type EventKind } from '../../ledger/received.js';
import type { Answer, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import {
  isLonger,
  isObject,
  isoTime,
  jsonBytes,
  listOf,
  objectOf,
  parseJson,
  textOf,
  type UnknownObject,
} from '../reading/json.js';
import { jsonAnswer, withoutEvents } from '../reading/reading.js';
import { basicUser } from '../reading/request.js';
import { Message } from './message.js';
import { noBatch, noJson, noPost, oldSentAt } from './segment-protocol.messages.js';

/** The content that a path accepts: a batch, or one message of a kind. */
export type Route = 'batch' | EventKind;

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

export class ProtocolRequest {
  readonly messages: readonly Message[] = [];
  readonly body: UnknownObject;
  /** Why there are no messages to read. */
  readonly unreadable?: keyof typeof UNREADABLE;
  readonly problems: readonly string[] = [];

  constructor(
    private readonly request: CollectorRequest,
    route: Route,
  ) {
    const body = parseJson(request.body);
    this.body = objectOf(body);
    const { batch, sentAt } = this.body;
    if (request.method !== 'POST') this.unreadable = 'noPost';
    else if (!isObject(body)) this.unreadable = 'noJson';
    else if (route === 'batch' && !Array.isArray(batch)) this.unreadable = 'noBatch';
    if (this.unreadable !== undefined) {
      this.problems = [UNREADABLE[this.unreadable]];
      return;
    }
    const items = route === 'batch' ? listOf(batch) : [body];
    this.messages = items.map((each) => new Message(each, route === 'batch' ? undefined : route));
    const time = isoTime(sentAt ?? objectOf(items[0])['sentAt']);
    if (time !== null && Math.abs(request.receivedAt - time) > MAX_DELAY_MS) this.problems = [oldSentAt];
  }

  get events(): readonly ReadEvent[] {
    return this.messages.map(({ event }) => event);
  }

  /** From the header or the body. */
  get writeKey(): string | undefined {
    return basicUser(this.request.headers['authorization']) ?? textOf(this.body['writeKey']) ?? undefined;
  }

  /** All events have one outcome, also those that break no rule. */
  all(outcome: ReadEvent['outcome'], answer: Answer, ...more: readonly string[]): Reading {
    for (const { event } of this.messages) event.outcome = outcome;
    return { events: this.events, answer, problems: [...this.problems, ...more] };
  }

  isLonger(maxBytes: number): boolean {
    return isLonger(this.request.body, maxBytes);
  }

  /** The messages with more bytes than `maxBytes`. Cheap for a short body: none of its messages is longer than the body. */
  longMessages(maxBytes: number): readonly Message[] {
    return this.isLonger(maxBytes) ? this.messages.filter(({ value }) => jsonBytes(value) > maxBytes) : [];
  }
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
