import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Surroundings } from '../identity/request-scope.js';

/** Where a call came from. */
export interface CallPlace {
  /** Such as `OrdersController.create`, where known. */
  readonly source: string | undefined;
  readonly around: Surroundings | undefined;
  /** A decorated method has decided about whom it is. */
  readonly decided: boolean;
  /** The clock's time when a decorated method was called, which is its event's unless something else is given. */
  readonly calledAt?: number | undefined;
  /** The browser ids of the identity of a decorated method. */
  readonly browserIds?: BrowserIdsByDestination | undefined;
  /** Of the span that was active when a decorated method succeeded. */
  readonly traceparent?: string | undefined;
}
