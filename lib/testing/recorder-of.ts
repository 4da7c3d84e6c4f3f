import { portOf, TRACKING, type CapturePort } from '../capture/capture-port.js';
import { guarded } from '../host/guarded.js';
import type { TrackingService } from '../tracking.service.js';
import { isRecorder, type TrackingRecorder } from './tracking-recorder.js';
import { testingMessages } from './testing.messages.js';

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

/** Why {@link recorderOf} found no recorder, and the remedy. */
export function whyNone(of: unknown): string {
  const hasModule = portOf(of as object) !== undefined || serviceIn(of) !== undefined || !isContainer(of);
  return hasModule ? testingMessages.noRecorder() : testingMessages.noModule();
}

export function recorderOf(of: unknown): TrackingRecorder | undefined {
  if (isRecorder(of)) return of;
  return recorderBehind(portOf(of as object) ?? portOf(serviceIn(of) as object));
}

export function recorderBehind(port: CapturePort | undefined): TrackingRecorder | undefined {
  const observer = port?.observer;
  return isRecorder(observer) ? observer : undefined;
}

function isContainer(value: unknown): value is Container {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<Container>).get === 'function'
  );
}

/** Nest throws if a container has no service. */
function serviceIn(container: unknown): unknown {
  return isContainer(container) ? guarded(() => container.get(TRACKING, { strict: false })) : undefined;
}
