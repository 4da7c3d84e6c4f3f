import type { ValuesOf } from '../config/option.js';
import { clientText } from '../event/client-text.js';
import type { SessionReader } from '../event/session-reader.js';
import { traceOf } from '../event/traceparent.js';
import type { JsonObject, JsonValue } from '../event/tracking-event.js';
import { guarded } from '../host/guarded.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import { addressAs, peerOf } from '../request/client-address.js';
import { isOfSocket, isMessage } from '../request/handler-request.js';
import { messageHeader, readHeader, readSingleHeader, addressOfRequest } from '../request/read-header.js';
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

/** By the name of a member, the parameter of a link. */
const PARAMETERS = {
  source: 'utm_source',
  medium: 'utm_medium',
  name: 'utm_campaign',
  term: 'utm_term',
  content: 'utm_content',
} as const;

const MAX_VALUE = 200;
const MAX_QUERY = 8_192;

/** The campaign in the query of a request, else in that of the page that it came from. */
export function campaignOf(request: unknown): JsonObject | undefined {
  return campaignIn(addressOfRequest(request)) ?? campaignIn(readHeader(request, 'referer'));
}

function campaignIn(url: string | undefined): JsonObject | undefined {
  const page = url?.split('#', 1)[0] ?? '';
  const start = page.indexOf('?');
  if (start === -1) return undefined;
  const query = page.slice(start + 1, start + MAX_QUERY);
  // Few links have these parameters, and parsing a query is expensive.
  if (!query.includes('utm_')) return undefined;
  const parameters = new URLSearchParams(query);
  const campaign: Record<string, string> = {};
  for (const [member, parameter] of Object.entries(PARAMETERS)) {
    const value = clientText(parameters.get(parameter), MAX_VALUE);
    if (value !== undefined) campaign[member] = value;
  }
  return Object.keys(campaign).length === 0 ? undefined : Object.freeze(campaign);
}

/** The first language tag of `Accept-Language`, and the separator after it. */
const FIRST = /^\s*([a-z]{1,8}(?:-[a-z\d]{1,8}){0,4})\s*(?:[,;]|$)/i;

/** The first language of `Accept-Language`: browsers send the preferred one first. */
export function localeOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : FIRST.exec(header)?.[1];
}

const MAX_LENGTH = 1_000;
/** The default limit of all request headers together: parsing an international host name takes the square of its length. */
const MAX_HEADER = 16_384;

/** Origin and path of the page that a request came from. Its query and fragment may contain searches and tokens. */
export function referrerOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_HEADER || !URL.canParse(header)) return undefined;
  const { protocol, origin, pathname } = new URL(header);
  return protocol === 'https:' || protocol === 'http:'
    ? clientText(origin + pathname, MAX_LENGTH)
    : undefined;
}
