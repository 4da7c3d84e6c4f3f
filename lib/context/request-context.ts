import { clientText } from '../event/client-text.js';
import type { SessionReader } from '../event/session-reader.js';
import type { JsonObject, JsonValue } from '../event/tracking-event.js';
import { readHeader, readSingleHeader } from '../identity/read-header.js';
import type { RequestScope } from '../identity/request-scope.js';
import { campaignOf } from './campaign.js';
import { addressAs, peerOf } from './client-address.js';
import { guarded } from './guarded.js';
import { localeOf } from './locale.js';
import { messageHeader } from './message-header.js';
import { referrerOf } from './referrer.js';
import type { RequestContextOptions } from './request-context-options.js';
import { patternOf } from './route-pattern.js';
import { traceparentOf } from './traceparent.js';

const MAX_METHOD = 32;
const MAX_REQUEST_ID = 200;
const MAX_USER_AGENT = 512;
const MAX_SESSIONS = 20;

/** Says what is known of the request that an event comes from, as far as the application has asked for it. */
export class RequestContextReader {
  readonly #facts: readonly Fact[];
  readonly #wantsRoute: boolean;

  constructor(options: RequestContextOptions) {
    this.#facts = factsFor(options);
    this.#wantsRoute = options.route ?? true;
  }

  /**
   * Frozen plain JSON; `undefined` where nothing is known. Never throws. What a request says is read once; its route is
   * looked up until Nest has found one.
   */
  read(scope: RequestScope): JsonObject | undefined {
    const known = this.#known(scope);
    if (known?.whole === true) return known.value;
    const facts = this.#factsOf(scope);
    const route = this.#wantsRoute ? guarded(() => patternOf(scope)) : undefined;
    const value = route === undefined ? facts : Object.freeze({ route, ...facts });
    scope.described = { reader: this, facts, value, whole: !this.#wantsRoute || route !== undefined };
    return value;
  }

  /** Operations of one GraphQL request have a route each, and all else in common. */
  #factsOf(scope: RequestScope): JsonObject | undefined {
    const { root } = scope;
    const known = this.#known(root);
    if (known !== undefined) return known.facts;
    const facts = factsOf(root.request, scope, this.#facts);
    root.described = { reader: this, facts, value: facts, whole: false };
    return facts;
  }

  #known({ described }: RequestScope): Described | undefined {
    const known = described as Described | undefined;
    return known?.reader === this ? known : undefined;
  }
}

/** What a scope remembers. */
interface Described {
  /** Whose options it was read by: two applications may meet in one request. */
  readonly reader: RequestContextReader;
  /** What is the same for all handlers of the request. */
  readonly facts: JsonObject | undefined;
  readonly value: JsonObject | undefined;
  /** Nothing more will be known. */
  readonly whole: boolean;
}

/** A request as the facts about it are read: what it is, and how its headers are. */
interface Asked {
  readonly request: unknown;
  /** `http`, `graphql`, `ws`, `rpc`, or another that an application has made. */
  readonly kind: string;
  readonly header: (name: string) => string | undefined;
  /** The same for one that may stand there once. */
  readonly single: (name: string) => string | undefined;
}

interface Fact {
  readonly member: string;
  readonly read: (asked: Asked) => JsonValue;
}

function factsOf(request: unknown, scope: RequestScope, facts: readonly Fact[]): JsonObject | undefined {
  const asked = guarded(() => askedOf(request, scope));
  if (asked === undefined) return undefined;
  const found: Record<string, JsonValue> = {};
  for (const { member, read } of facts) {
    const value = guarded(() => read(asked));
    if (value !== undefined) found[member] = value;
  }
  return Object.keys(found).length === 0 ? undefined : Object.freeze(found);
}

/** Before Nest has made a context, it is a request on its way through middleware. */
function askedOf(request: unknown, { context }: RequestScope): Asked {
  const kind = context?.getType<string>() ?? 'http';
  if (kind === 'rpc') {
    // What the message itself holds is its sender's to choose, also members that look like a request's.
    const header = (name: string): string | undefined => messageHeader(context?.getArgByIndex(1), name);
    return { request: undefined, kind, header, single: header };
  }
  return {
    request,
    kind,
    header: (name) => readHeader(request, name),
    single: (name) => readSingleHeader(request, name),
  };
}

function factsFor(options: RequestContextOptions): Fact[] {
  const { ip = false, sessions = [], requestId = true } = options;
  const idHeader = typeof requestId === 'string' ? requestId.toLowerCase() : 'x-request-id';
  const wanted: readonly (Fact & { readonly on: boolean })[] = [
    { member: 'method', on: options.method ?? true, read: methodOf },
    {
      member: 'locale',
      on: options.locale ?? true,
      read: ({ header }) => localeOf(header('accept-language')),
    },
    { member: 'campaign', on: options.campaign ?? true, read: ({ request }) => campaignOf(request) },
    { member: 'requestId', on: requestId !== false, read: (asked) => requestIdOf(asked, idHeader) },
    { member: 'traceparent', on: options.traceparent ?? true, read: traceOf },
    {
      member: 'userAgent',
      on: options.userAgent ?? false,
      read: ({ header }) => clientText(header('user-agent'), MAX_USER_AGENT),
    },
    {
      member: 'referrer',
      on: options.referrer ?? false,
      read: ({ header }) => referrerOf(header('referer')),
    },
    { member: 'ip', on: ip !== false, read: ({ request }) => addressOf(request, ip || 'truncated') },
    { member: 'sessions', on: sessions.length > 0, read: ({ request }) => sessionsOf(request, sessions) },
  ];
  return wanted.filter(({ on }) => on);
}

function methodOf({ request }: Asked): string | undefined {
  return clientText((request as { readonly method?: unknown } | undefined)?.method, MAX_METHOD);
}

/** A socket's handshake has one, too; but it would be the same for every message for hours. */
function requestIdOf({ request, kind, single }: Asked, header: string): string | undefined {
  if (kind === 'ws') return undefined;
  const said = clientText(single(header), MAX_REQUEST_ID);
  if (said !== undefined) return said;
  const { id } = (request ?? {}) as { readonly id?: unknown };
  return clientText(typeof id === 'number' ? String(id) : id, MAX_REQUEST_ID);
}

function traceOf({ kind, single }: Asked): string | undefined {
  return kind === 'ws' ? undefined : traceparentOf(single('traceparent'));
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
