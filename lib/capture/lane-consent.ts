import type { ConsentState } from '../event/lane-event.js';

/** The answer of the consent hooks for one lane. */
export interface LaneConsent {
  readonly decision: 'allow' | 'drop' | 'strip';
  /** Only for a destination that needs it. */
  readonly state?: ConsentState | undefined;
}

/** By lane. Absent if every lane gets the event unchanged, and none needs the answer. */
export type LaneConsents = ReadonlyMap<string, LaneConsent>;
