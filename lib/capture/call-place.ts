import type { Surroundings } from '../identity/request-scope.js';

/** Where a call came from. */
export interface CallPlace {
  /** Such as `OrdersController.create`, where known. */
  readonly source: string | undefined;
  readonly around: Surroundings | undefined;
  /** A decorated method has decided about whom it is. */
  readonly decided: boolean;
  /** Of the span that was active when a decorated method succeeded. */
  readonly traceparent?: string | undefined;
}
