import type { Identity } from '../event/identity.js';
import type { Snapshot } from '../event/snapshot.js';
import type { Groups } from './groups.js';
import type { LaneConsents } from './lane-consent.js';

/** What an event says, checked and copied. */
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
  /** Nobody shall be able to tell whose it is: not by its id either, where a client chose that. */
  readonly stripped?: boolean;
  /** The decision of consent for each lane; absent if all lanes have the same and none needs it. */
  readonly consent?: LaneConsents | undefined;
  /** A hook changed the person of the event. */
  readonly isReattributed?: boolean;
}
