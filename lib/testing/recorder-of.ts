import { portOf, TRACKING } from '../capture/capture-port.js';
import type { CapturePort } from '../capture/capture-port.js';
import type { TrackingService } from '../tracking.service.js';
import { isRecorder } from './tracking-recorder.js';
import type { TrackingRecorder } from './tracking-recorder.js';
import { testingMessages } from './testing.messages.js';

/** An application, or a module under test. */
interface Container {
  get(token: unknown, options: { readonly strict: false }): unknown;
}

/** An object that a recorder can be found by. */
export type Recorded = TrackingRecorder | TrackingService | Container;

/**
 * Returns the recorder of an application or testing module that uses the test kit, or of its `TrackingService`.
 *
 * @throws Error if there is none
 */
export function trackingRecorder(of: Recorded): TrackingRecorder {
  const recorder = recorderOf(of);
  if (recorder === undefined) throw new Error(whyNone(of));
  return recorder;
}

/** Why {@link recorderOf} found none, and what to do. */
export function whyNone(of: unknown): string {
  const isContainer = typeof of === 'object' && of !== null && portOf(of) === undefined && has(of, 'get');
  return isContainer && serviceOf(of as Container) === undefined
    ? testingMessages.noModule()
    : testingMessages.noRecorder();
}

function has(of: object, method: string): boolean {
  return typeof (of as Record<string, unknown>)[method] === 'function';
}

/** The same, undefined where there is none. */
export function recorderOf(of: unknown): TrackingRecorder | undefined {
  if (isRecorder(of)) return of;
  if (typeof of !== 'object' || of === null) return undefined;
  const port = portOf(of);
  if (port !== undefined) return recorderBehind(port);
  const { get } = of as Partial<Container>;
  if (typeof get !== 'function') return undefined;
  const service = serviceOf(of as Container);
  return service === undefined ? undefined : recorderBehind(portOf(service));
}

/** The recorder that looks on at a module's door. */
export function recorderBehind(port: CapturePort | undefined): TrackingRecorder | undefined {
  const witness = port?.witness;
  return isRecorder(witness) ? witness : undefined;
}

function serviceOf(container: Container): object | undefined {
  try {
    return container.get(TRACKING, { strict: false }) as object | undefined;
  } catch {
    // Nest says that it has none.
    return undefined;
  }
}
