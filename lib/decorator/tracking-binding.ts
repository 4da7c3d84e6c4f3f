import { Inject, Optional } from '@nestjs/common';
import { CAPTURE, TRACKING, type CapturePort } from '../capture/capture-port.js';
import type { CapturedOptions } from '../capture/captured-options.js';

/** What the decorator calls of `TrackingService`, or of what a test put in its place. */
export interface BoundTracking {
  track(name: string, properties: object | undefined, options: CapturedOptions): unknown;
  record?(name: string, properties: object | undefined, options: CapturedOptions): unknown;
}

/** The property that Nest injects into. Local to this copy of the package, like the map behind it. */
const BINDING = Symbol('nestjs-tracking.binding');

const services = new WeakMap<object, BoundTracking>();

/**
 * Asks Nest to inject the `TrackingService`, where there is one, into instances of a class and its descendants. The property
 * is an accessor of the prototype, so that instances have nothing to see, to serialise or to compare.
 */
export function bindPrototype(prototype: object): void {
  if (BINDING in prototype) return;
  Object.defineProperty(prototype, BINDING, {
    configurable: true,
    get(this: object): BoundTracking | undefined {
      return services.get(this);
    },
    set(this: object, service: BoundTracking | undefined) {
      if (service !== undefined && service !== null) services.set(this, service);
    },
  });
  Inject(TRACKING)(prototype, BINDING);
  Optional()(prototype, BINDING);
}

/** Gives an instance that Nest did not make its service, if its class has decorated methods and it has none yet. */
export function bindInstance(instance: unknown, service: BoundTracking): void {
  if (typeof instance !== 'object' || instance === null || services.has(instance)) return;
  if (BINDING in instance) services.set(instance, service);
}

/** The service of an instance. */
export function boundTracking(instance: unknown): BoundTracking | undefined {
  return typeof instance === 'object' && instance !== null ? services.get(instance) : undefined;
}

/** The counting side of a service; absent on what a test put in its place. */
export function captureOf(service: BoundTracking): CapturePort | undefined {
  return (service as { [CAPTURE]?: CapturePort })[CAPTURE];
}
