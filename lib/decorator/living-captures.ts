import type { CapturePort } from '../capture/capture-port.js';
import { sharedByCopies } from '../host/shared-by-copies.js';

/** The modules that run in this process, the last started at the end; one list for all copies of this package. */
const living = sharedByCopies('livingCaptures', () => new Set<CapturePort>());

/**
 * Makes a module known to decorated methods of instances that no module knows, so that their calls are counted somewhere.
 *
 * @returns ends it; call it when the module has stopped
 */
export function registerCapture(port: CapturePort): () => void {
  living.add(port);
  return () => void living.delete(port);
}

/** The module started last, or `undefined` where none runs. */
export function livingCapture(): CapturePort | undefined {
  let last: CapturePort | undefined;
  for (const port of living) last = port;
  return last;
}
