import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { Destination } from '../../lib/destinations/destination.js';

/** The error that a destination's check ends with; fails when there is none, or another kind. */
export function configError(destination: Destination, credentials = true): TrackingConfigError {
  try {
    destination.check!('destinations[0]', credentials);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('check() took it');
}
