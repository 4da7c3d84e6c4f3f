import 'reflect-metadata';
import { isObservable, Observable } from 'rxjs';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import { disown } from '../host/disown.js';
import { errorKind } from '../host/error-trace.js';
import { isIdentity, isUnusableId, normaliseIdentity, UNUSABLE } from '../identity/normalise-identity.js';
import { runAsIdentity } from '../identity/scope/request-scope.js';
import type { Notice } from '../observe/notices.js';
import { TrackingService } from '../tracking.service.js';
import {
  runAsFailed,
  runAsIsAsync,
  runAsNeedsFunction,
  runAsNeedsMethod,
  runAsUnusable,
} from './decorator.messages.js';
import { placeOf } from './tracked-places.js';
import { bindingOf, bindPrototype } from './tracking-binding.js';

/** The type of {@link RunAs}; it fits any method. */
export type RunAsDecorator = (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void;

/**
 * Runs the method with an identity from its arguments, such as the payload of a job to which the producer added
 * `tracking.identity()`. The identity is as trustworthy as the sender of the payload.
 *
 * The identity applies to the method, the promises and timers that it starts, the Observable that it returns, and a
 * `@Track()` above or below. It takes precedence over an enclosing request and an enclosing `runAs()`.
 *
 * @param identity synchronous; gets the method's arguments. If it returns no identity, or throws (counted as `resolver_error`,
 *   logged once), the method runs with its caller's identity
 *
 * @example
 * ```ts
 * @RunAs((job: Job<{ identity?: Identity }>) => job.data.identity)
 * @Track('Invoice Sent')
 * async process(job: Job<Invoice>): Promise<void> { … }
 * ```
 *
 * @throws TrackingConfigError while the class is defined, if it does not decorate a method or does not get a function
 */
export function RunAs<Args extends unknown[]>(
  identity: (...args: Args) => IdentityInput | null | undefined,
): RunAsDecorator {
  return (target, key, descriptor) => {
    const place = placeOf(target, key);
    const original: unknown = descriptor?.value;
    if (typeof original !== 'function') throw new TrackingConfigError('target', runAsNeedsMethod(place));
    if (typeof identity !== 'function') {
      const got = identity === null ? 'null' : typeof identity;
      throw new TrackingConfigError('identity', runAsNeedsFunction(place, got));
    }
    descriptor.value = runAsMethod(original as () => unknown, target, key, identity);
    if (typeof target !== 'function') bindPrototype(target, TrackingService);
  };
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** One `@RunAs()`. A decorator above it moves it outwards. */
interface RunAsMark {
  around(method: Method): Method;
}

/** One for all copies of this package. */
const MARK = Symbol.for('nestjs-tracking.runAs');

function runAsMethod(
  original: Method,
  target: object,
  key: string | symbol,
  identityOf: (...args: never[]) => unknown,
): Method {
  // Only the outermost acts, so that the function is called once for each call.
  let outermost: Method;
  const mark: RunAsMark = {
    around(method) {
      const wrapper: Method = function (...args) {
        const as = outermost === wrapper ? actorOf(this, key, identityOf, args) : undefined;
        if (as === undefined) return method.apply(this, args);
        return subscribedAs(
          as,
          runAsIdentity(as, () => method.apply(this, args)),
        );
      };
      carryOver(method, wrapper);
      Reflect.defineMetadata(MARK, mark, wrapper);
      outermost = wrapper;
      return wrapper;
    },
  };
  // Also on the class: decorators of other packages, such as Sentry's, replace the method with a plain function.
  Reflect.defineMetadata(MARK, mark, target, key);
  return mark.around(original);
}

/** Puts a wrapper inside of the method's `@RunAs()`, if any, so that a `@Track()` above gets that identity, too. */
export function insideOfRunAs(
  original: Method,
  wrapped: Method,
  target: object,
  key: string | symbol,
): Method {
  const mark = (Reflect.getOwnMetadata(MARK, original) ?? Reflect.getOwnMetadata(MARK, target, key)) as
    RunAsMark | undefined;
  return mark === undefined ? wrapped : mark.around(wrapped);
}

/** The identity to run as; undefined for that of the caller. Never throws. */
function actorOf(
  instance: unknown,
  key: string | symbol,
  identityOf: (...args: never[]) => unknown,
  args: unknown[],
): Identity | undefined {
  const binding = bindingOf(instance);
  if (binding === undefined) return undefined;
  const tell = (notice: Notice, message: (place: string) => string): void => {
    const place = placeOf(instance as object, key);
    binding.port?.notice(notice, `@RunAs() on ${place}`, () => message(place));
  };
  try {
    return read(identityOf(...(args as never[])), tell);
  } catch (error) {
    tell('resolver_error', (place) => runAsFailed(place, errorKind(error)));
    return undefined;
  }
}

function read(
  found: unknown,
  tell: (notice: Notice, message: (place: string) => string) => void,
): Identity | undefined {
  if (found === undefined || found === null) return undefined;
  if (typeof found !== 'object') {
    tell('invalid_identity', runAsUnusable);
    return UNUSABLE;
  }
  const { then, userId, anonymousId } = found as Record<string, unknown>;
  if (typeof then === 'function') {
    disown(found);
    tell('resolver_error', runAsIsAsync);
    return undefined;
  }
  if (!isIdentity(found) || isUnusableId(userId) || isUnusableId(anonymousId))
    tell('invalid_identity', runAsUnusable);
  return normaliseIdentity(found);
}

/** The work of an Observable begins with a subscription, after the method has returned. */
function subscribedAs(as: Identity, result: unknown): unknown {
  if (!isObservable(result)) return result;
  return new Observable((subscriber) => runAsIdentity(as, () => result.subscribe(subscriber)));
}

type AnyFunction = (...args: never[]) => unknown;

/** Copies name, length, own properties and metadata of other decorators to a wrapper. */
export function carryOver(from: AnyFunction, to: AnyFunction): void {
  for (const key of Reflect.ownKeys(from)) {
    const there = Object.getOwnPropertyDescriptor(to, key);
    if (there?.configurable === false) continue;
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key)!);
  }
  for (const key of Reflect.getOwnMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, from), to);
  }
}
