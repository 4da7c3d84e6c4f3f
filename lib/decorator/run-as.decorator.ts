import { TrackingConfigError } from '../config/tracking-config.error.js';
import { runAsNeedsFunction, runAsNeedsMethod } from './decorator.messages.js';
import { runAsMethod } from './run-as-method.js';
import { placeOf } from './tracked-places.js';
import { bindPrototype } from './tracking-binding.js';
import type { IdentityInput } from '../event/identity.js';
import { TrackingService } from '../tracking.service.js';

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
