import { sharedByCopies } from '../host/shared-by-copies.js';

/** A method that is decorated with `@Track()`. */
export interface TrackedPlace {
  /** Such as `OrdersController.create`. */
  readonly place: string;
  readonly event: string;
}

/** Classes that are made again and again, as mixins are, must not fill the memory. */
const MAX_PLACES = 10_000;

const places = sharedByCopies('trackedPlaces', () => new Map<string, TrackedPlace>());

/** Keeps a place for the command line, which imports the application to find it. */
export function noteTracked(place: string, event: string): void {
  if (places.size < MAX_PLACES) places.set(`${place}\n${event}`, { place, event });
}

/** All places of this process, by whatever copy of this package they were decorated. */
export function trackedPlaces(): readonly TrackedPlace[] {
  return [...places.values()];
}
