import { Inject, Injectable, type OnModuleInit, Optional, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { CapturedMembers } from '../capture/call.js';
import { type CapturePort, livingCapture, portOf, TRACKING } from '../capture/capture-port.js';
import { guarded } from '../host/guarded.js';

/** The methods of `TrackingService`, or of its mock in a test, that the decorator calls. */
export interface BoundTracking {
  track(name: string, properties: object | undefined, options: CapturedMembers): unknown;
  record?(name: string, properties: object | undefined, options: CapturedMembers): unknown;
}

/**
 * The properties that Nest injects into: by the token that all copies of this package share, then by the class, which
 * `useMocker()` mocks. Local to this copy, like the map behind them.
 */
const BINDING = Symbol('nestjs-tracking.binding');
const BINDING_BY_CLASS = Symbol('nestjs-tracking.bindingByClass');

const services = new WeakMap<object, BoundTracking>();

/**
 * Asks Nest to inject the `TrackingService`, if any, into instances of a class and its descendants. The property is an accessor
 * of the prototype, so that instances have no additional member.
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

/** Binds an instance that Nest did not make, if its class has decorated methods and it is not bound yet. */
export function bindInstance(instance: unknown, service: BoundTracking): void {
  if (typeof instance !== 'object' || instance === null || services.has(instance)) return;
  if (BINDING in instance) services.set(instance, service);
}

export interface Binding {
  /** Absent for an instance that no module knows. */
  readonly service: BoundTracking | undefined;
  /** Counts calls that never become an event. Absent for a mock of the service. */
  readonly port: CapturePort | undefined;
}

/** Undefined if no module runs. */
export function bindingOf(instance: unknown): Binding | undefined {
  const service = typeof instance === 'object' && instance !== null ? services.get(instance) : undefined;
  const port = service === undefined ? livingCapture() : portOf(service);
  return service === undefined && port === undefined ? undefined : { service, port };
}

/** Binds instances that Nest did not make: those from `useFactory` and `useValue`. */
@Injectable()
export class TrackBinder implements OnModuleInit {
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(TRACKING) private readonly tracking: BoundTracking,
  ) {}

  onModuleInit(): void {
    for (const { controllers, providers, injectables } of this.modules.values()) {
      for (const { instance } of [...controllers.values(), ...providers.values(), ...injectables.values()]) {
        // A proxy may throw for every access.
        guarded(() => bindInstance(instance, this.tracking));
      }
    }
  }
}
