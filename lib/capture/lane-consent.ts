import type { ConsentState } from '../event/lane-event.js';

/** What the consent hooks said for one lane. */
export interface LaneConsent {
  readonly decision: 'allow' | 'drop' | 'strip';
  /** Only for a destination that needs it. */
  readonly state?: ConsentState | undefined;
}

/** By lane. Absent where every lane gets the event as it is, and none has to know why. */
export type LaneConsents = ReadonlyMap<string, LaneConsent>;
