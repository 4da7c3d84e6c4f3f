import type { TrackingTelemetry } from '../event/telemetry.js';

/** What lanes tell of the time that things take; must not throw. A part that is absent costs nothing. */
export type LaneTelemetry = {
  readonly [Part in 'attempted' | 'delivered']: TrackingTelemetry[Part] | undefined;
};
