import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import { type Surroundings, surroundings } from '../identity/scope/request-scope.js';

/** Where a call comes from. A class, so that all calls have one shape. */
export class CallPlace {
  /**
   * @param source such as `OrdersController.create`, if known
   * @param isDecided a decorated method has decided the identity
   * @param calledAt the clock's time when the decorated method was called; the event's time unless another is given
   * @param browserIds of the decided identity
   * @param traceparent of the span that was active when the decorated method succeeded
   */
  constructor(
    readonly source: string | undefined,
    readonly around: Surroundings | undefined,
    readonly isDecided = false,
    readonly calledAt?: number,
    readonly browserIds?: BrowserIdsByDestination,
    readonly traceparent?: string,
  ) {}

  /** The place of the running code. */
  static here(): CallPlace {
    const around = surroundings();
    return new CallPlace(around?.scope?.source, around);
  }
}
