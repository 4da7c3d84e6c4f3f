import { TrackingConfigError } from '../config/tracking-config.error.js';
import { checkTrackOptions } from './check-track-options.js';
import { notAMethod, staticMethod } from './decorator.messages.js';
import type { Returning, TrackArguments, TrackOptions, Unfitting } from './track-options.js';
import { noteTracked, placeOf } from './tracked-places.js';
import { trackedMethod } from './tracked-method.js';
import { bindPrototype } from './tracking-binding.js';
import type { PlannedName } from '../plan/planned.js';
import { TrackingService } from '../tracking.service.js';

export type { ResultDoesNotFit, Returning } from './track-options.js';
export type {
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
