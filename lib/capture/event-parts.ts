import type { Identity } from '../event/identity.js';
import type { ConsentState } from '../event/lane-event.js';
import type { Snapshot } from '../event/snapshot.js';
import type { Groups } from './groups.js';

/** The content of an event, checked and copied. */
export interface EventParts {
  readonly name: string;
  readonly timestamp: number;
  readonly who: Identity;
  readonly groupId: string | undefined;
  readonly previousId: string | undefined;
  readonly groups?: Groups | undefined;
  readonly groupType?: string | undefined;
  readonly properties: Snapshot;
  readonly context: Snapshot | undefined;
  /** The person was removed. An id that a client chose must not identify the event either. */
  readonly stripped?: boolean;
  /** Absent if all lanes have the same decision of consent and none needs it. */
  readonly consent?: LaneConsents | undefined;
  /** A hook changed the person of the event. */
  readonly isReattributed?: boolean;
}

/** The answer of the consent hooks for one lane. */
export interface LaneConsent {
  readonly decision: 'allow' | 'drop' | 'strip';
  /** Only for a destination that needs it. */
  readonly state?: ConsentState | undefined;
}

/** By lane. */
export type LaneConsents = ReadonlyMap<string, LaneConsent>;
