import { Inject, Optional, type Type } from '@nestjs/common';
import { TRACKING } from '../capture/capture-port.js';
import type { CapturedMembers } from '../capture/captured-options.js';

/** What the decorator calls of `TrackingService`, or of what a test put in its place. */
export interface BoundTracking {
  track(name: string, properties: object | undefined, options: CapturedMembers): unknown;
  record?(name: string, properties: object | undefined, options: CapturedMembers): unknown;
}

/**
 * The properties that Nest injects into, the later one last: by the token that all copies of this package share, then by the
 * class, which is what `useMocker()` makes a mock of. Local to this copy, like the map behind them.
 */
const BINDING = Symbol('nestjs-tracking.binding');
const BINDING_BY_CLASS = Symbol('nestjs-tracking.bindingByClass');

const services = new WeakMap<object, BoundTracking>();

/**
 * Asks Nest to inject the `TrackingService`, where there is one, into instances of a class and its descendants. The property
 * is an accessor of the prototype, so that instances have nothing to see, to serialise or to compare.
 *
 * @param itsClass the class `TrackingService` of this copy of the package
 */
export function bindPrototype(prototype: object, itsClass: Type): void {
  if (BINDING in prototype) return;
  inject(prototype, BINDING, TRACKING);
  inject(prototype, BINDING_BY_CLASS, itsClass);
}

function inject(prototype: object, property: symbol, token: symbol | Type): void {
  Object.defineProperty(prototype, property, {
    configurable: true,
    get(this: object): BoundTracking | undefined {
      return services.get(this);
    },
    set(this: object, service: BoundTracking | undefined) {
      if (service !== undefined && service !== null) services.set(this, service);
    },
  });
  Inject(token)(prototype, property);
  Optional()(prototype, property);
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
