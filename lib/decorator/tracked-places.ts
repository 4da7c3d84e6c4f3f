import { sharedByCopies } from '../host/shared-by-copies.js';

/** A method that is decorated with `@Track()`. */
export interface TrackedPlace {
  readonly place: string;
  readonly event: string;
}

/** Mixins make classes again and again, which must not fill the memory. */
const MAX_PLACES = 10_000;

const places = sharedByCopies('trackedPlaces', () => new Map<string, TrackedPlace>());

/** Keeps a place for the command line, which imports the application to find it. */
export function noteTracked(place: string, event: string): void {
  if (places.size < MAX_PLACES) places.set(`${place}\n${event}`, { place, event });
}

/** All places of this process, from every copy of this package. */
export function trackedPlaces(): readonly TrackedPlace[] {
  return [...places.values()];
}

/** How messages name a decorated method: `OrdersController.create`. Accepts anything that a decorator may be put on. */
export function placeOf(target: object | undefined, key: string | symbol | undefined): string {
  const itsClass = typeof target === 'function' ? target : target?.constructor;
  return [itsClass?.name, key]
    .filter((part) => part !== undefined && part !== '')
    .map(String)
    .join('.');
}
