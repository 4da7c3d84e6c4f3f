import type { IdentityInput } from '../event/identity.js';
import type { EventType } from '../event/tracking-event.js';

/** One call, as the caller made it. Nothing is checked. */
export interface EventCall<Id = unknown> {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties: unknown;
  /** `group` only. */
  readonly groupId?: Id;
  /** `alias` only. */
  readonly previousId?: Id;
  /** `alias` only: the person. It takes precedence over the options. */
  readonly userId?: Id;
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
