import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { Destination } from '../../lib/destinations/destination.js';

/** The error of a destination's check. Fails without an error, and for another kind of error. */
export function configError(destination: Destination, credentials = true): TrackingConfigError {
  try {
    destination.check!('destinations[0]', credentials);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('check() took it');
}
