import type { Identity } from '../event/identity.js';
import type { Snapshot } from '../event/snapshot.js';

/** What an event says, checked and copied. */
export interface EventParts {
  readonly name: string;
  readonly timestamp: number;
  readonly who: Identity;
  readonly groupId: string | undefined;
  readonly previousId: string | undefined;
  readonly properties: Snapshot;
  readonly context: Snapshot | undefined;
}
