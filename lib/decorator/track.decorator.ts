import type { ExecutionContext } from '@nestjs/common';
import { types } from 'node:util';
import { livingCapture } from '../capture/capture-port.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { Log } from '../host/log.js';
import { type RequestScope, surroundings } from '../identity/scope/request-scope.js';
import type { PlannedName } from '../plan/planned.js';
import { isHandler } from '../request/handler-name.js';
import { isMessage } from '../request/handler-request.js';
import { TrackingService } from '../tracking.service.js';
import { checkTrackOptions } from './check-track-options.js';
import { noModule, notAMethod, staticMethod } from './decorator.messages.js';
import { carryOver, insideOfRunAs } from './run-as.decorator.js';
import { RunningCall, type TrackedEvent } from './running-call.js';
import type { Returning, TrackArguments, TrackOptions, Unfitting } from './track-options.js';
import { noteTracked, placeOf } from './tracked-places.js';
import { bindingOf, bindPrototype } from './tracking-binding.js';
import { watchResult } from './watch-result.js';
import type { NodeResponse } from './when-answered.js';

export type {
  ResultDoesNotFit,
  Returning,
  TrackArguments,
  TrackCall,
  TrackCircumstances,
  TrackOptions,
  TrackValue,
} from './track-options.js';

/**
 * The type of {@link Track}. `R` is the result type that its option functions take; a method with another result type
 * does not compile. It can be used as a `MethodDecorator`, such as in `applyDecorators()`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handlers return anything
export interface TrackDecorator<R = any> {
  (target: object, key: string | symbol, descriptor: Returning<NoInfer<R>>): void;
  <Method>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): Unfitting<Method, R>;
  // Only for the compiler, where a `MethodDecorator` is expected. It is never called.
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): void;
}

/**
 * Records an event when the method succeeds. The handler of an HTTP request succeeds when it is answered with a status
 * below 400, or its client leaves early; every other method when it returns, its promise is fulfilled, or its
 * Observable completes. Errors and results are passed on unchanged, whatever happens to the event.
 *
 * A promise is returned unchanged, but has a handler: Node no longer reports its rejection as unhandled if the caller
 * does not handle it. An Observable that a promise resolves to is not observed; the promise alone decides.
 *
 * Works on controllers, resolvers, gateways, consumers and services, above and below other decorators.
 *
 * @example
 * ```ts
 * @Post()
 * @Track('Order Completed', {
 *   properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
 *   key: (order: Order) => order.id,
 *   timestamp: (order: Order) => order.placedAt,
 * })
 * create(@Body() dto: CreateOrderDto): Promise<Order> {
 *   return this.orders.place(dto);
 * }
 * ```
 *
 * @throws TrackingConfigError while the class is defined, for an invalid name or option, and if it does not decorate an
 *   instance method
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handlers return anything
export function Track<R = any, Name extends string = string, Given = object>(
  name: PlannedName<Name>,
  ...[options = {}]: TrackArguments<R, Name, Given>
): TrackDecorator<R> {
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
    const place = placeOf(target, key);
    checkTrackOptions(place, name, options);
    if (typeof descriptor?.value !== 'function') throw new TrackingConfigError('target', notAMethod(place));
    if (typeof target === 'function') throw new TrackingConfigError('target', staticMethod(place));
    descriptor.value = trackedMethod(descriptor.value, target, key, { name, options: options as object });
    noteTracked((options as TrackOptions).source ?? place, name);
    bindPrototype(target, TrackingService);
  };
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function trackedMethod(original: Method, target: object, key: string | symbol, event: TrackedEvent): Method {
  const { source } = event.options;
  const sourceOf = source === undefined ? sourcesOf(key) : () => source;
  const wrapper: Method = function (...args) {
    const call = begin(this, key, sourceOf, event, args);
    const result = original.apply(this, args);
    if (call === undefined) return result;
    try {
      return watchResult(call, result);
    } catch (error) {
      call.unwatchable(result, error);
      return result;
    }
  };
  carryOver(original, wrapper);
  return insideOfRunAs(original, wrapper, target, key);
}

function begin(
  instance: unknown,
  key: string | symbol,
  sourceOf: (instance: unknown) => string,
  event: TrackedEvent,
  args: unknown[],
): RunningCall | undefined {
  try {
    const binding = bindingOf(instance);
    if (binding === undefined) {
      log.warnOnce('no_module', '', () => noModule(sourceOf(instance)));
      return undefined;
    }
    const scope = surroundings()?.scope;
    const context = handling(scope, instance, key);
    const response = context === undefined || event.options.durable === true ? undefined : answerOf(context);
    const unwanted = context !== undefined && isHead(context) ? 'head_request' : undefined;
    return new RunningCall(event, sourceOf(instance), binding, args, scope, response, unwanted);
  } catch (error) {
    // An instance that is a proxy may throw for every access.
    if (!types.isProxy(instance)) livingCapture()?.internalError?.('beginning a call of @Track()', error);
    return undefined;
  }
}

const log = new Log();

/**
 * The context of the running HTTP request, if this method is its handler. It is compared with the instance's method, because
 * other decorators may have wrapped ours.
 */
function handling(
  scope: RequestScope | undefined,
  instance: unknown,
  key: string | symbol,
): ExecutionContext | undefined {
  const context = scope?.context;
  if (context === undefined || context.getType() !== 'http' || isMessage(context)) return undefined;
  const { constructor, [key]: method } = instance as Record<string | symbol, unknown>;
  return constructor === context.getClass() && isHandler(method, context.getHandler()) ? context : undefined;
}

/** Nest answers HEAD with the handler of GET. The client gets headers only. */
function isHead(context: ExecutionContext): boolean {
  return context.getArgByIndex<{ method?: unknown } | undefined>(0)?.method === 'HEAD';
}

function answerOf(context: ExecutionContext): NodeResponse | undefined {
  const reply = context.getArgByIndex<(Partial<NodeResponse> & { raw?: NodeResponse }) | undefined>(1);
  return reply?.finished === undefined ? reply?.raw : (reply as NodeResponse);
}

/** `OrdersController.create`, by the instance's own class. The last one is cached, because most methods have one class. */
function sourcesOf(key: string | symbol): (instance: unknown) => string {
  let lastClass: unknown;
  let source = String(key);
  return (instance) => {
    const itsClass =
      typeof instance === 'function' ? instance : (instance as object | undefined)?.constructor;
    if (itsClass !== lastClass) {
      lastClass = itsClass;
      const name = typeof itsClass === 'function' ? itsClass.name : '';
      source = name === '' ? String(key) : `${name}.${String(key)}`;
    }
    return source;
  };
}
