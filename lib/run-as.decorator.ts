import { TrackingConfigError } from './config/tracking-config.error.js';
import { placeOf } from './decorator/place-of.js';
import { runAsNeedsFunction, runAsNeedsMethod } from './decorator/run-as.messages.js';
import { runAsMethod } from './decorator/run-as-method.js';
import { bindPrototype } from './decorator/tracking-binding.js';
import type { IdentityInput } from './event/identity.js';
import { TrackingService } from './tracking.service.js';

/** Loose, so that any handler compiles. */
export type RunAsDecorator = (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void;

/**
 * Runs the method on behalf of somebody whom its arguments name: the consumer's half of carrying an identity in a payload.
 * The producer puts `tracking.identity()` there. Believe it as far as you believe whoever may write that payload.
 *
 * What the method does, promises and timers that it starts, the Observable it returns, and a `@Track()` above or below it
 * are that person's. It wins over an enclosing request and an enclosing `runAs()`.
 *
 * @param identity synchronous; gets the method's arguments. Where it gives nobody, or throws (noticed as `resolver_error`,
 *   warned of once), the method runs as whoever calls it
 *
 * @example
 * ```ts
 * @RunAs((job: Job<{ identity?: Identity }>) => job.data.identity)
 * @Track('Invoice Sent')
 * async process(job: Job<Invoice>): Promise<void> { … }
 * ```
 *
 * @throws TrackingConfigError while the class is defined, on what is no method and for what is no function
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
