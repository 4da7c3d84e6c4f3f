import type { ExecutionContext } from '@nestjs/common';
import type { Id } from '../event/identity.js';
import type { EventType } from '../event/tracking-event.js';

/**
 * How repeated requests are recognised, so that a client's second attempt counts nothing twice. Off by default. This
 * option decides the ids of events that have no `key` of their own: the same request gives the same ids, and `dedup`
 * says how many of them are remembered for how long.
 */
export interface IdempotencyOptions {
  /**
   * The header in which clients send the same key with each attempt of one request. `true`: `Idempotency-Key`.
   * Ids are derived from it, the persons who sent the request and whom the event is about, the method, the route's pattern
   * (under GraphQL the field's path, too), and the event's name and turn. A key of one person never touches another's
   * events, where nobody knows who sent the request it counts for nothing, and it is used up only by events that were recorded. HTTP and GraphQL
   * over HTTP only.
   */
  readonly header?: boolean | string | undefined;
  /**
   * The id of a webhook's or message's delivery, which its sender repeats with each attempt; comes before `header`.
   * Synchronous; asked at each event until it returns one. Read it from what was verified, such as a signed body.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  readonly webhookId?: ((request: any, context?: ExecutionContext) => Id | null | undefined) | undefined;
  /**
   * Where a browser sends the id that it gave its own copy of an event, so that both copies share it and the platform can
   * drop one: a header's name, whose id is for the first `track` event of the request, or a function that is asked for each.
   * A UUID, of any version but 5 and 7; comes before `webhookId` and `header`, not before a `key`. It is for one event of one
   * known person: it never hides another's event, or another event.
   */
  readonly eventId?: string | SharedEventId | undefined;
}

/** Reads the id that a client gave its own copy of an event. Synchronous. */
export type SharedEventId = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
  event: { readonly type: EventType; readonly name: string },
) => string | null | undefined;
