import type { Identity } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import { sharedByCopies } from '../host/shared-by-copies.js';
import type { CallOptions } from './event-call.js';
import type { Witness } from './witness.js';
import type { PlanCheck } from '../plan/plan-check.js';

/** The token under which decorated classes get the `TrackingService`; one for all copies of this package. */
export const TRACKING = Symbol.for('nestjs-tracking.TrackingService');

/** What the decorator needs beside the public service: counting calls that never became an event. */
export interface CapturePort {
  /** Milliseconds that a durable result waits for its commit. */
  readonly commitTimeoutMs: number;
  /** Bytes of the largest event that the door takes; absent on what a test made: no bound. */
  readonly maxEventBytes?: number;
  /** The module's; absent on what a test made: the machine's. */
  readonly clock?: Clock;
  /** Looks on at the door; absent but in tests. */
  readonly witness?: Witness | undefined;
  /**
   * Counts one call as refused or suppressed under `reason`; an error is logged, at most once a minute per source.
   *
   * @param name of the event that it would have been
   * @param options as far as they are known, where it would have had no key
   */
  refuse(reason: Reason, source: string, error?: unknown, name?: string, options?: CallOptions): void;
  /** Counts a notice; warns the first time that it is about `about`. */
  notice(notice: Notice, about: string, message: () => string): void;
  /** The identity of the running code: of `runAs`, else of the request. It has no ids if none of them is usable. */
  identity(): Identity | undefined;
  /** Holds properties against the tracking plan, before they are copied; absent where there is none. */
  readonly plan?: PlanCheck | undefined;
  /** The W3C `traceparent` of the active span; absent where nobody watches. */
  readonly traceparent?: (() => string | undefined) | undefined;
}

/** Beside the services and not on them: an automock has an answer for every property that is read from it. */
const ports = sharedByCopies('capturePorts', () => new WeakMap<object, CapturePort>());

/** Makes a service known as one of this package. */
export function registerPort(service: object, port: CapturePort): void {
  ports.set(service, port);
}

/** The port of a `TrackingService`; `undefined` for a provider that a test put in its place. Reads nothing from it. */
export function portOf(service: object): CapturePort | undefined {
  return ports.get(service);
}
