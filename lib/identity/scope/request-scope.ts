import type { ExecutionContext } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { BrowserIdsByDestination } from '../../event/browser-ids.js';
import type { Identity } from '../../event/identity.js';
import { sharedByCopies } from '../../host/shared-by-copies.js';
import { handlerName } from '../../request/handler-name.js';
import { isMessage } from '../../request/is-message.js';

/** What one request (or message) and its handler are, for the code that runs on behalf of it. */
export class RequestScope {
  #context: ExecutionContext | undefined;
  #source: string | undefined;
  /** What waits for the answer to the request; the decorator's. */
  waiting: unknown[] | undefined;
  /** What an `IdentitySource` remembers of this request. */
  memory: RequestMemory | undefined;
  /** What a `RequestContextReader` has read of this request. */
  described: object | undefined;
  /** The scope of the request as a whole: several GraphQL operations may run within one. */
  readonly root: RequestScope;

  constructor(
    /** As handlers know it: Express' or Fastify's request, a socket, a message. */
    readonly request: unknown,
    /** As handlers know it; absent where there is none. */
    readonly response?: unknown,
    parent?: RequestScope,
  ) {
    this.root = parent?.root ?? this;
  }

  /** The running handler's, once Nest has made one. */
  get context(): ExecutionContext | undefined {
    return this.#context;
  }

  set context(context: ExecutionContext | undefined) {
    this.#context = context;
    this.#source = undefined;
  }

  /** The running handler, such as `OrdersController.create`. */
  get source(): string | undefined {
    const context = this.#context;
    if (context === undefined) return undefined;
    if (this.#source === undefined) {
      const itsClass = context.getClass();
      this.#source = `${itsClass.name}.${handlerName(itsClass, context.getHandler())}`;
    }
    return this.#source;
  }
}

/** The ids of the platforms' browser libraries in a request. */
export interface BrowserRead {
  readonly ids: BrowserIdsByDestination | undefined;
  /** Names that the client claims. */
  readonly claimed: readonly string[];
}

/** Whom a request was resolved to. Kept on the root scope. */
export interface RequestMemory {
  /** Whose resolvers were asked: two applications may meet in one request. */
  readonly source: object;
  identity: Identity | undefined;
  /** `request.user` at that time: another one means that somebody signed in or out. */
  user: unknown;
  /** Read once: a request's cookies do not change. */
  readonly browser: BrowserRead | undefined;
  conflictTold: boolean;
}

/** What the running code belongs to. Both travel together, so that `runAs` within a request keeps its handler. */
export interface Surroundings {
  readonly scope: RequestScope | undefined;
  /** Set by `runAs`; comes before the request's. */
  readonly as: Identity | undefined;
  /** Where events wait for the end of a `hold()`; the door's. */
  readonly hold: object | undefined;
}

const storage = sharedByCopies('surroundings', () => new AsyncLocalStorage<Surroundings>());

/** What the running code belongs to; `undefined` outside of any request. */
export function surroundings(): Surroundings | undefined {
  return storage.getStore();
}

/** Runs `fn` and all that it starts on behalf of a request. Only a part of the running request keeps what it runs in. */
export function runInScope<T>(scope: RequestScope, fn: () => T): T {
  const around = storage.getStore();
  if (scope.root === scope) {
    // An interceptor may hold, or run as somebody, before ours opens a message's scope. Another request's is none of this one's.
    if (around === undefined || around.scope !== undefined)
      return storage.run({ scope, as: undefined, hold: undefined }, fn);
    // Where a client is known, whoever opened what calls back is not that client.
    const as = isMessage(scope.context) ? around.as : undefined;
    return storage.run({ scope, as, hold: around.hold }, fn);
  }
  return storage.run({ scope, as: around?.as, hold: around?.hold }, fn);
}

/**
 * Goes on, with all that follows, on behalf of a request: for code that cannot be wrapped. It may outlast the request on
 * whatever has called, such as a pool's socket; use it only where another one's surroundings were there before.
 */
export function goOnInScope(scope: RequestScope): void {
  const around = scope.root === scope ? undefined : storage.getStore();
  storage.enterWith({ scope, as: around?.as, hold: around?.hold });
}

/** Runs `fn` and all that it starts as somebody, without leaving the request. */
export function runAsIdentity<T>(as: Identity, fn: () => T): T {
  const around = storage.getStore();
  return storage.run({ scope: around?.scope, as, hold: around?.hold }, fn);
}

/** Runs `fn` and all that it starts with its events held back, without leaving the request. */
export function runHolding<T>(hold: object, fn: () => T): T {
  const around = storage.getStore();
  return storage.run({ scope: around?.scope, as: around?.as, hold }, fn);
}
