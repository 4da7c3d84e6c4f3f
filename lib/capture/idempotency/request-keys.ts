import { createHash, randomBytes } from 'node:crypto';
import { anyBrowserId } from '../../event/browser-ids.js';
import { keyedId } from '../../event/event-id.js';
import type { Identity } from '../../event/identity.js';
import type { EventType } from '../../event/tracking-event.js';
import type { IdentitySource } from '../../identity/identity-source.js';
import { graphqlPathOf } from '../../request/handler-request.js';
import { normaliseId } from '../../identity/normalise-identity.js';
import type { RequestScope } from '../../identity/scope/request-scope.js';
import { routeOf } from '../../request/route-of.js';
import type { Hook } from '../../host/hook.js';
import type { CallLog } from '../call-log.js';
import type { EventId } from '../made-event.js';
import type { IdHashing } from '../privacy/id-hashing.js';
import type { IdempotencyOptions } from './idempotency-options.js';
import type { KeyWindow } from './key-window.js';

/** Any version except ours, which clients may learn: 5 (derived from keys) and 7 (events without a key). */
const SHARED_ID = /^[\da-f]{8}-[\da-f]{4}-[1-468][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SHARED_ID_LENGTH = 36;
const DEFAULT_HEADER = 'idempotency-key';

type Given = readonly [way: 'header' | 'webhook', id: string];

/** The ids of the events of one request so far. */
class RequestIds {
  /** How often each event of each person occurred. */
  readonly #turns = new Map<string, number>();
  /** Used ids of the client. Each is for one event. */
  readonly shared = new Set<string>();
  given: Given | undefined;
  /** The header's id is for one event, which exists already. */
  isHeaderSpent = false;

  turnOf(about: string): number {
    const turn = this.#turns.get(about) ?? 0;
    this.#turns.set(about, turn + 1);
    return turn;
  }
}

/** Derives ids of events from their request, so that a repeated request derives the same. */
export class RequestKeys {
  readonly #header: string | undefined;
  readonly #eventIdHeader: string | undefined;
  /** Only of requests that can be recognised. */
  readonly #memories = new WeakMap<object, RequestIds>();
  readonly #secret = randomBytes(32).toString('hex');
  readonly #hook: Hook;

  constructor(
    private readonly options: IdempotencyOptions,
    private readonly namespace: () => string,
    private readonly keys: KeyWindow,
    /** For the ids of people in derived ids, if the application uses `hashIds`. */
    private readonly hashing: IdHashing | undefined,
    private readonly identity: IdentitySource,
    private readonly calls: CallLog,
  ) {
    this.#hook = calls.hook('hook_error', 'idempotency', 'A function of the option `idempotency`');
    const { header, eventId } = options;
    this.#header = header === true ? DEFAULT_HEADER : header === false ? undefined : header?.toLowerCase();
    this.#eventIdHeader = typeof eventId === 'string' ? eventId.toLowerCase() : undefined;
  }

  /**
   * Undefined if the request cannot be recognised, or its sender is unknown. Call it once for each event, before the event may be
   * rejected. Otherwise, an event that is rejected in only one of two attempts would shift the later ids.
   *
   * @param said the call or `runAs()` named the person. False for the fallback, which all unknown people share
   */
  idOf(
    scope: RequestScope,
    type: EventType,
    name: string,
    who: Identity,
    said: boolean,
  ): EventId | undefined {
    const shared = this.#sharedId(scope, type, name);
    const given = this.#given(scope);
    if (shared === undefined && given === undefined) return undefined;
    const by = this.identity.sender(scope);
    const memory = this.#memoryOf(scope);
    const persons = [by === undefined ? '' : this.#personOf(by), this.#personOf(who)] as const;
    const place = [...persons, ...placeOf(scope)];
    const turn = given === undefined ? 0 : memory.turnOf(JSON.stringify([type, name, ...place]));
    if (shared !== undefined && (said || by !== undefined) && !memory.shared.has(shared)) {
      const owner = digest([type, name, ...persons]);
      // It must not hide an event of another person, or another event of this one.
      if (this.keys.mayTake(shared, owner)) {
        memory.shared.add(shared);
        return { id: shared, keyed: true, owner };
      }
    }
    // Unknown people cannot be distinguished: a key of one, which may be a short number, would hide an event of another.
    if (given === undefined || (by === undefined && given[0] === 'header')) return undefined;
    return { id: keyedId(this.namespace(), type, name, ...given, ...place, String(turn)), keyed: true };
  }

  /**
   * Replaces an id that a client chose, so that the event is not joined with the client's copy. A repetition gives the same id.
   */
  unlinked({ id, owner = '' }: EventId): string {
    return keyedId(this.#secret, 'unlinked', id, owner);
  }

  /** An event with a key uses up the header's id, which is for the first event. */
  passBy(scope: RequestScope, type: EventType): void {
    if (this.#eventIdHeader !== undefined) void this.#headerId(this.#eventIdHeader, scope, type);
  }

  /** The id that the client gave its own copy of this event. */
  #sharedId(scope: RequestScope, type: EventType, name: string): string | undefined {
    const { eventId } = this.options;
    if (eventId === undefined) return undefined;
    const given =
      typeof eventId === 'string'
        ? this.#headerId(this.#eventIdHeader!, scope, type)
        : this.#ask(() => eventId(scope.request, { type, name }));
    if (given === undefined || given === null || given === '') return undefined;
    const id = typeof given === 'string' && given.length === SHARED_ID_LENGTH ? given.toLowerCase() : '';
    if (SHARED_ID.test(id)) return id;
    this.calls.unusableEventId();
    return undefined;
  }

  /** One header names one event. */
  #headerId(header: string, scope: RequestScope, type: EventType): string | undefined {
    if (type !== 'track' || !isHttp(scope)) return undefined;
    const id = headerOf(scope, header);
    if (id === undefined) return undefined;
    const memory = this.#memoryOf(scope);
    if (memory.isHeaderSpent) return undefined;
    memory.isHeaderSpent = true;
    return id;
  }

  #personOf(who: Identity): string {
    const { userId, anonymousId, browserIds } = this.hashing?.person(who) ?? who;
    if (userId !== undefined) return `user ${userId}`;
    if (anonymousId !== undefined) return `anonymous ${anonymousId}`;
    const browser = anyBrowserId(browserIds);
    return `browser ${browser?.destination} ${browser?.id}`;
  }

  #memoryOf(scope: RequestScope): RequestIds {
    const whole = wholeOf(scope);
    let memory = this.#memories.get(whole);
    if (memory === undefined) {
      memory = new RequestIds();
      this.#memories.set(whole, memory);
    }
    return memory;
  }

  #given(scope: RequestScope): Given | undefined {
    const { webhookId } = this.options;
    if (webhookId !== undefined) {
      // Called again until it returns an id, because the body may not be read yet.
      const known = this.#memories.get(wholeOf(scope))?.given;
      if (known !== undefined) return known;
      const id = normaliseId(this.#ask(() => webhookId(scope.request, scope.context)));
      if (id !== undefined) return (this.#memoryOf(scope).given = ['webhook', id]);
    }
    if (this.#header === undefined || !isHttp(scope)) return undefined;
    const key = headerOf(scope, this.#header)?.trim();
    return key === undefined || key === '' ? undefined : ['header', key];
  }

  #ask(question: () => unknown): unknown {
    return this.#hook.ask(question, (answer) => {
      if (typeof answer !== 'object' || answer === null || normaliseId(answer) !== undefined) return answer;
      throw new TypeError('no id');
    });
  }
}

/** A digest has a fixed size. Thousands are remembered, and a client may choose the person, too. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** The place in the application: the route, otherwise the handler; for GraphQL, also the field's path. */
function placeOf({ request, context, source }: RequestScope): readonly string[] {
  const { method, pattern } = routeOf(request);
  return [method, pattern === '' ? (source ?? '') : pattern, graphqlPathOf(context)];
}

/** The key of the whole request: operations of one GraphQL request may have their own scopes, but share one response. */
function wholeOf({ root }: RequestScope): object {
  const { response } = root;
  return typeof response === 'object' && response !== null ? response : root;
}

/** All messages of a socket share the headers of its handshake, but do not repeat one another. */
function isHttp({ root }: RequestScope): boolean {
  return root.response !== undefined;
}

function headerOf({ root }: RequestScope, name: string): string | undefined {
  const { headers } = (root.request ?? {}) as { headers?: Record<string, unknown> | null };
  if (typeof headers !== 'object' || headers === null || !Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
