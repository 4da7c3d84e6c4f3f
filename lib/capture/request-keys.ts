import { createHash, randomBytes } from 'node:crypto';
import { anyBrowserId } from '../event/browser-ids.js';
import { keyedId } from '../event/event-id.js';
import type { Identity } from '../event/identity.js';
import type { EventType } from '../event/tracking-event.js';
import type { TellNotice } from '../identity/ask-resolver.js';
import { graphqlPathOf } from '../identity/graphql-path.js';
import { normaliseId } from '../identity/normalise-identity.js';
import type { RequestScope } from '../identity/request-scope.js';
import { routeOf } from '../identity/route-of.js';
import { captureMessages } from './capture.messages.js';
import { Hook } from './hook.js';
import type { IdempotencyOptions } from './idempotency-options.js';
import type { KeyWindow } from './key-window.js';

/** Any version but ours, which clients get to know: 5 is derived from keys, 7 is of events without one. */
const SHARED_ID = /^[\da-f]{8}-[\da-f]{4}-[1-468][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SHARED_ID_LENGTH = 36;
const DEFAULT_HEADER = 'idempotency-key';

/** What requests are recognised with. */
export interface RequestKeysSetup {
  readonly options: IdempotencyOptions;
  readonly namespace: () => string;
  readonly keys: KeyWindow;
  /** A person's id for derived ids: hashed if the application uses `hashIds`. */
  readonly person: (who: Identity) => Identity;
  /** Whom the request itself speaks of, whoever the running code acts for. */
  readonly sender: (scope: RequestScope) => Identity | undefined;
  readonly notice: TellNotice;
}

/** An event of a request that may be a repetition. */
export interface RequestedEvent {
  readonly scope: RequestScope;
  readonly type: EventType;
  readonly name: string;
  /** Whom it is about. */
  readonly who: Identity;
  /** The call or `runAs` said so: it is no fallback that all strangers share. */
  readonly said: boolean;
}

/** The id of an event. */
export interface EventId {
  readonly id: string;
  /** It may come again, and is accepted once. */
  readonly keyed: boolean;
  /** Who alone may use an id that a client chose. */
  readonly owner?: string | undefined;
}

/** By what a request is recognised: which of the ways, and the id. */
type Given = readonly [way: 'header' | 'webhook', id: string];

/** What the events of one request have been given so far. */
class RequestMemory {
  /** How often each event of each person came. */
  readonly #turns = new Map<string, number>();
  /** Ids of the client's that are taken: each is one event's. */
  readonly shared = new Set<string>();
  given: Given | undefined;
  /** The header's id has come to the event that it is for, whether that took it or not. */
  isHeaderSpent = false;

  turnOf(about: string): number {
    const turn = this.#turns.get(about) ?? 0;
    this.#turns.set(about, turn + 1);
    return turn;
  }
}

/** Gives the events of a request ids that its repetition will give them again. */
export class RequestKeys {
  readonly #header: string | undefined;
  readonly #eventIdHeader: string | undefined;
  /** Of requests that could be recognised, and no others. */
  readonly #memories = new WeakMap<object, RequestMemory>();
  readonly #secret = randomBytes(32).toString('hex');

  readonly #hook: Hook;

  constructor(private readonly setup: RequestKeysSetup) {
    this.#hook = new Hook(() =>
      setup.notice('hook_error', 'idempotency', () =>
        captureMessages.hookFailed('A function of the option `idempotency`'),
      ),
    );
    const { header, eventId } = setup.options;
    this.#header = header === true ? DEFAULT_HEADER : header === false ? undefined : header?.toLowerCase();
    this.#eventIdHeader = typeof eventId === 'string' ? eventId.toLowerCase() : undefined;
  }

  /**
   * Undefined where the request cannot be recognised, or nobody knows who sent it. To be asked once for each event, before
   * anything may refuse it: one that was refused has had its turn, else the next would take its place at the first attempt
   * and not at the second.
   */
  idOf(event: RequestedEvent): EventId | undefined {
    const { scope, type, name, who } = event;
    const shared = this.#sharedId(event);
    const given = this.#given(scope);
    if (shared === undefined && given === undefined) return undefined;
    const { namespace, keys, person, sender } = this.setup;
    const by = sender(scope);
    const memory = this.#memoryOf(scope);
    const persons = [by === undefined ? '' : personOf(person(by)), personOf(person(who))] as const;
    const place = [...persons, ...placeOf(scope)];
    const turn = given === undefined ? 0 : memory.turnOf(JSON.stringify([type, name, ...place]));
    if (shared !== undefined && (event.said || by !== undefined) && !memory.shared.has(shared)) {
      const owner = digest([type, name, ...persons]);
      // Another person's event may have it, or another event of this person: it must hide neither.
      if (keys.mayTake(shared, owner)) {
        memory.shared.add(shared);
        return { id: shared, keyed: true, owner };
      }
    }
    // Strangers all look alike, also where each names the same account, as a contact form does: the key of one, which may be
    // a short number, would hide the event of another.
    if (given === undefined || (by === undefined && given[0] === 'header')) return undefined;
    return { id: keyedId(namespace(), type, name, ...given, ...place, String(turn)), keyed: true };
  }

  /**
   * Takes the place of an id that a client chose, for an event that must not be joined with the client's own copy: the same
   * for a repetition, and nobody outside of this process can work it out.
   */
  unlinked({ id, owner = '' }: EventId): string {
    return keyedId(this.#secret, 'unlinked', id, owner);
  }

  /** An event comes by with a key of its own: an id that the header gives the first event is not for the next one. */
  passBy(scope: RequestScope, type: EventType): void {
    if (this.#eventIdHeader !== undefined) void this.#headerId(this.#eventIdHeader, scope, type);
  }

  /** The id that the client gave its own copy of this event. */
  #sharedId({ scope, type, name }: RequestedEvent): string | undefined {
    const { eventId } = this.setup.options;
    if (eventId === undefined) return undefined;
    const given =
      typeof eventId === 'string'
        ? this.#headerId(this.#eventIdHeader!, scope, type)
        : this.#ask(() => eventId(scope.request, { type, name }));
    if (given === undefined || given === null || given === '') return undefined;
    const id = typeof given === 'string' && given.length === SHARED_ID_LENGTH ? given.toLowerCase() : '';
    if (SHARED_ID.test(id)) return id;
    this.setup.notice('invalid_event_id', 'idempotency.eventId', captureMessages.unusableEventId);
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

  #memoryOf(scope: RequestScope): RequestMemory {
    const whole = wholeOf(scope);
    let memory = this.#memories.get(whole);
    if (memory === undefined) {
      memory = new RequestMemory();
      this.#memories.set(whole, memory);
    }
    return memory;
  }

  #given(scope: RequestScope): Given | undefined {
    const { webhookId } = this.setup.options;
    if (webhookId !== undefined) {
      // Asked until it knows: before a body is read there is nothing to see.
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

/** Of one size: who chooses an id may have chosen the person, too, and thousands of owners are remembered. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

function personOf({ userId, anonymousId, browserIds }: Identity): string {
  if (userId !== undefined) return `user ${userId}`;
  if (anonymousId !== undefined) return `anonymous ${anonymousId}`;
  const browser = anyBrowserId(browserIds);
  return `browser ${browser?.destination} ${browser?.id}`;
}

/** Where in the application the request has come to: what has no route has a handler, and GraphQL's fields a path each. */
function placeOf({ request, context, source }: RequestScope): readonly string[] {
  const { method, pattern } = routeOf(request);
  return [method, pattern === '' ? (source ?? '') : pattern, graphqlPathOf(context)];
}

/** What stands for the whole request: operations of one GraphQL request may have scopes of their own, and have one response. */
function wholeOf({ root }: RequestScope): object {
  const { response } = root;
  return typeof response === 'object' && response !== null ? response : root;
}

/** A socket's headers are those of its handshake: all its messages share them, and none of them is a repetition. */
function isHttp({ root }: RequestScope): boolean {
  return root.response !== undefined;
}

function headerOf({ root }: RequestScope, name: string): string | undefined {
  const { headers } = (root.request ?? {}) as { headers?: Record<string, unknown> | null };
  if (typeof headers !== 'object' || headers === null || !Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
