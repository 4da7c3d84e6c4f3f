import type { Identity } from '../event/identity.js';
import type { Notice } from '../observe/notices.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import { sharedByCopies } from '../host/shared-by-copies.js';
import type { CallOptions } from './call.js';
import type { Observer } from './call-end.js';
import type { PlanCheck } from '../plan/plan-check.js';

/** The token under which decorated classes get the `TrackingService`; one for all copies of this package. */
export const TRACKING = Symbol.for('nestjs-tracking.TrackingService');

/** The part of the door that decorators need beside the public service. */
export interface CapturePort {
  /** Bytes of the largest event that is accepted. Absent in a test: no bound. */
  readonly maxEventBytes?: number;
  /** Absent in a test: the machine's. */
  readonly clock?: Clock;
  /** Only in tests. */
  readonly observer?: Observer | undefined;
  /**
   * Counts one call as refused or suppressed under `reason`; an error is logged, at most once a minute per source.
   *
   * @param name of the event that was not made
   * @param options of a call without a key, as far as they are known
   */
  refuse(reason: Reason, source: string, error?: unknown, name?: string, options?: CallOptions): void;
  /** Counts a notice; warns the first time that it is about `about`. */
  notice(notice: Notice, about: string, message: () => string): void;
  /** The identity of the running code: of `runAs`, else of the request. It has no ids if none of them is usable. */
  identity(): Identity | undefined;
  /** Checks properties against the tracking plan, before they are copied. Absent without a plan. */
  readonly plan?: PlanCheck | undefined;
  /** The W3C `traceparent` of the active span. Absent without telemetry. */
  readonly traceparent?: (() => string | undefined) | undefined;
  /** Leaves a trace of an unexpected error of this package. Absent in earlier versions. */
  internalError?(doing: string, error: unknown): void;
}

/** Not a property of the services, because an automock returns something for every property. */
const ports = sharedByCopies('capturePorts', () => new WeakMap<object, CapturePort>());

export function registerPort(service: object, port: CapturePort): void {
  ports.set(service, port);
}

/** The port of a `TrackingService`; `undefined` for a provider that a test put in its place. Reads nothing from it. */
export function portOf(service: object): CapturePort | undefined {
  return ports.get(service);
}

/** The open modules of this process, the last started at the end; one list for all copies of this package. */
const living = sharedByCopies('livingCaptures', () => new Set<CapturePort>());

/**
 * Makes a module known to decorated methods of instances that no module knows, so that their calls are counted.
 *
 * @returns ends it; call it when the module has stopped
 */
export function registerCapture(port: CapturePort): () => void {
  living.add(port);
  return () => void living.delete(port);
}

/** The module started last, if any is open. */
export function livingCapture(): CapturePort | undefined {
  return [...living].at(-1);
}
