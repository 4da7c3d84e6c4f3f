import { clientText } from '../event/client-text.js';
import type { SessionReader } from '../event/session-reader.js';
import { traceOf } from '../event/traceparent.js';
import type { JsonObject, JsonValue } from '../event/tracking-event.js';
import { isOfSocket } from '../request/handler-request.js';
import { isMessage } from '../request/is-message.js';
import { readHeader, readSingleHeader } from '../request/read-header.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import { campaignOf } from './campaign.js';
import { addressAs, peerOf } from '../request/client-address.js';
import { guarded } from '../host/guarded.js';
import type { ValuesOf } from '../config/option.js';
import { localeOf } from './locale.js';
import { messageHeader } from '../request/message-header.js';
import { referrerOf } from './referrer.js';
import type { requestContextRows } from './request-context-options.js';

const MAX_METHOD = 32;
const MAX_REQUEST_ID = 200;
const MAX_USER_AGENT = 512;
const MAX_SESSIONS = 20;

/** A request, and functions that read its headers. */
export interface Asked {
  readonly request: unknown;
  /** It opened a socket, whose messages may come for hours. */
  readonly ofSocket: boolean;
  readonly header: (name: string) => string | undefined;
  /** As `header`, for a header that may be sent once. */
  readonly single: (name: string) => string | undefined;
}

/** One member of an event's context, and the function that reads it. */
export interface Fact {
  readonly member: string;
  readonly read: (asked: Asked) => JsonValue;
}

/** The request for the facts. While it passes middleware, its scope has no handler. */
export function askedOf(request: unknown, { context }: RequestScope): Asked {
  if (context !== undefined && isMessage(context)) {
    // The sender chooses all members of the message, also those that look like a request's.
    const header = (name: string): string | undefined => messageHeader(context.getArgByIndex(1), name);
    return { request: undefined, ofSocket: false, header, single: header };
  }
  return {
    request,
    ofSocket: context !== undefined && isOfSocket(context),
    header: (name) => readHeader(request, name),
    single: (name) => readSingleHeader(request, name),
  };
}

/** The facts that the application has enabled. */
export function factsFor(options: ValuesOf<typeof requestContextRows>): Fact[] {
  const { ip, sessions, requestId } = options;
  const idHeader = typeof requestId === 'string' ? requestId.toLowerCase() : 'x-request-id';
  const wanted: readonly (Fact & { readonly on: boolean })[] = [
    { member: 'method', on: options.method, read: methodOf },
    {
      member: 'locale',
      on: options.locale,
      read: ({ header }) => localeOf(header('accept-language')),
    },
    { member: 'campaign', on: options.campaign, read: ({ request }) => campaignOf(request) },
    { member: 'requestId', on: requestId !== false, read: (asked) => requestIdOf(asked, idHeader) },
    { member: 'traceparent', on: options.traceparent, read: traceparentOf },
    {
      member: 'userAgent',
      on: options.userAgent,
      read: ({ header }) => clientText(header('user-agent'), MAX_USER_AGENT),
    },
    {
      member: 'referrer',
      on: options.referrer,
      read: ({ header }) => referrerOf(header('referer')),
    },
    { member: 'ip', on: ip !== false, read: ({ request }) => addressOf(request, ip || 'truncated') },
    { member: 'sessions', on: sessions.length > 0, read: ({ request }) => sessionsOf(request, sessions) },
  ];
  return wanted.filter(({ on }) => on);
}

function methodOf({ request, ofSocket }: Asked): string | undefined {
  if (ofSocket) return undefined;
  return clientText((request as { readonly method?: unknown } | undefined)?.method, MAX_METHOD);
}

/** Not of a socket: the id of its handshake would be the same for all its messages. */
function requestIdOf({ request, ofSocket, single }: Asked, header: string): string | undefined {
  if (ofSocket) return undefined;
  const said = clientText(single(header), MAX_REQUEST_ID);
  if (said !== undefined) return said;
  const { id } = (request ?? {}) as { readonly id?: unknown };
  return clientText(typeof id === 'number' ? String(id) : id, MAX_REQUEST_ID);
}

function traceparentOf({ ofSocket, single }: Asked): string | undefined {
  return ofSocket ? undefined : traceOf(single('traceparent'))?.traceparent;
}

function addressOf(request: unknown, precision: 'truncated' | 'full'): string | undefined {
  const peer = peerOf(request);
  return peer === undefined ? undefined : addressAs(precision, peer);
}

function sessionsOf(request: unknown, readers: readonly SessionReader[]): JsonObject | undefined {
  const sessions: Record<string, string | number> = {};
  for (const reader of readers) {
    const found = guarded(() => Object.entries(reader(request) ?? {})) ?? [];
    for (const [platform, id] of found.slice(0, MAX_SESSIONS)) {
      const text = Number.isFinite(id) ? id : clientText(id, MAX_REQUEST_ID);
      if (text !== undefined && platform !== '__proto__') sessions[platform] ??= text;
    }
  }
  return Object.keys(sessions).length === 0 ? undefined : Object.freeze(sessions);
}
