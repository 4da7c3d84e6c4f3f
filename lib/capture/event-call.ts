import type { IdentityInput } from '../event/identity.js';
import type { EventType } from '../event/tracking-event.js';

/** What a call wants recorded, as the caller gave it: nothing of it is checked. */
export interface EventCall {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties: unknown;
  readonly groupId?: string | undefined;
  readonly previousId?: string | undefined;
  /** `alias` only: the person, checked; comes before the options'. */
  readonly userId?: string | undefined;
}

/** The options of a call, as the caller gave them. */
export interface CallOptions extends IdentityInput {
  readonly timestamp?: unknown;
  readonly key?: unknown;
  readonly destinations?: unknown;
  readonly context?: unknown;
  readonly groups?: unknown;
  readonly person?: unknown;
  /** `group` only. */
  readonly groupType?: unknown;
}
