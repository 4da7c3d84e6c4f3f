import { Frame } from './frame.js';
import type { Home } from './home.js';
import { Segment } from './segment.js';

/** The segment that an event is in on disk, if it is. */
export function segmentOf(home: Home): Segment | undefined {
  if (home instanceof Segment) return home;
  return home instanceof Frame ? home.segment : undefined;
}
