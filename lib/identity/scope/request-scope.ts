import type { ExecutionContext } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { BrowserIdsByDestination } from '../../event/browser-ids.js';
import type { Identity } from '../../event/identity.js';
import { sharedByCopies } from '../../host/shared-by-copies.js';
import { handlerName } from '../../request/handler-name.js';
import { exchangeOf, isMessage } from '../../request/handler-request.js';

/** One request or message and its handler, for the code that runs on behalf of it. */
export class RequestScope {
  #context: ExecutionContext | undefined;
  #source: string | undefined;
  waiting: WaitingEvent[] | undefined;
  /** Cache of an `IdentitySource`. */
  memory: RequestMemory | undefined;
  /** Cache of a `RequestContextReader`. */
  described: object | undefined;
  /** The scope of the request as a whole: several GraphQL operations may run within one. */
  readonly root: RequestScope;

  constructor(
    /** Express' or Fastify's request, a socket, or a message. */
    readonly request: unknown,
    /** Express' response or Fastify's reply. Absent outside of HTTP. */
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

/** An event of the decorator that waits for the response. */
export interface WaitingEvent {
  /** The request was answered with success, or its client left early. Never throws. */
  settle(): void;
}

/** The ids of the platforms' browser libraries in a request. */
export interface BrowserRead {
  readonly ids: BrowserIdsByDestination | undefined;
  /** User ids that the client claims. */
  readonly claimed: readonly string[];
}

/** The resolved identity of a request. Kept on the root scope. */
export interface RequestMemory {
  /** The source that resolved it: two applications may handle one request. */
  readonly source: object;
  identity: Identity | undefined;
  /** `request.user` at that time. It changes when a person signs in or out. */
  user: unknown;
  /** Read once: a request's cookies do not change. */
  readonly browser: BrowserRead | undefined;
  isConflictReported: boolean;
}

/** The async context of the running code. `runAs()` within a request keeps its handler. */
export interface Surroundings {
  readonly scope: RequestScope | undefined;
  /** Set by `runAs()`. Takes precedence over the identity of the request. */
  readonly as: Identity | undefined;
  /** The running `hold()`, which keeps the events. */
  readonly hold: object | undefined;
}

const storage = sharedByCopies('surroundings', () => new AsyncLocalStorage<Surroundings>());

/** The async context of the running code; `undefined` outside of any request. */
export function surroundings(): Surroundings | undefined {
  return storage.getStore();
}

/**
 * Runs `fn`, and all work that it starts, on behalf of a request. Only an operation of the running request keeps its `runAs()`
 * and `hold()`.
 */
export function runInScope<T>(scope: RequestScope, fn: () => T): T {
  const around = storage.getStore();
  if (scope.root === scope) {
    // An interceptor may call `hold()` or `runAs()` before ours opens a message's scope. Those of another request do not apply.
    if (around === undefined || around.scope !== undefined)
      return storage.run({ scope, as: undefined, hold: undefined }, fn);
    // The context of a socket's callback may be that of another client.
    const as = isMessage(scope.context) ? around.as : undefined;
    return storage.run({ scope, as, hold: around.hold }, fn);
  }
  return storage.run({ scope, as: around?.as, hold: around?.hold }, fn);
}

/**
 * Continues on behalf of a request, for code that cannot be wrapped. The caller, such as a pool's socket, may keep this context
 * after the request, so use it only if it had the context of another request before.
 */
export function goOnInScope(scope: RequestScope): void {
  const around = scope.root === scope ? undefined : storage.getStore();
  storage.enterWith({ scope, as: around?.as, hold: around?.hold });
}

/** Runs `fn`, and all work that it starts, with an identity, within the running request. */
export function runAsIdentity<T>(as: Identity, fn: () => T): T {
  const around = storage.getStore();
  return storage.run({ scope: around?.scope, as, hold: around?.hold }, fn);
}

/** Runs `fn`, and all work that it starts, with its events held, within the running request. */
export function runHolding<T>(hold: object, fn: () => T): T {
  const around = storage.getStore();
  return storage.run({ scope: around?.scope, as: around?.as, hold }, fn);
}

/**
 * Sets the handler of the running scope. False if that scope is not the handler's own: there is no scope, it belongs to another
 * request, or several handlers share it.
 */
export function noteHandler(context: ExecutionContext): boolean {
  const scope = surroundings()?.scope;
  if (scope === undefined) return false;
  const { context: noted } = scope;
  // Guards and interceptors get different contexts with the same arguments.
  if (noted !== undefined && noted.getArgs() === context.getArgs()) return true;
  if (context.getType() !== 'http' || scope.request !== context.getArgByIndex(0)) return false;
  scope.context = context;
  return true;
}

/** A new scope for a handler. The operations of one GraphQL request share its root scope, and each has its own handler. */
export function scopeFor(context: ExecutionContext, Scope = RequestScope): RequestScope {
  const running = surroundings()?.scope;
  const { request = running?.request, response } = exchangeOf(context);
  const scope =
    running !== undefined && running.request === request && context.getType<string>() === 'graphql'
      ? new RequestScope(request, running.response, running)
      : new Scope(request, response);
  scope.context = context;
  return scope;
}
