import type { ExecutionContext } from '@nestjs/common';
import type { Id } from '../../event/identity.js';
import type { EventType } from '../../event/tracking-event.js';
import { isHeaderName } from '../../host/header-name.js';
import { callback, valueThat } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';

/** Reads the id that a client gave its own copy of an event. Synchronous. */
export type SharedEventId = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
  request: any,
  event: { readonly type: EventType; readonly name: string },
) => string | null | undefined;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
type DeliveryId = (request: any, context?: ExecutionContext) => Id | null | undefined;

export const idempotencyRows = {
  /**
   * The header in which clients send the same key with each attempt of one request. `true`: `Idempotency-Key`.
   *
   * HTTP and GraphQL over HTTP only. Ids are derived from the key, the people who sent the request and whom the event is about,
   * the method, the route's pattern (under GraphQL the field's path, too), and the event's name and position in the request. A
   * key of one person has no effect on another's events, and none where the sender is unknown. Only recorded events use it up.
   * @default false
   */
  header: valueThat<boolean | string>(
    'boolean, or header name',
    'true, false or the name of a header',
    (value) => typeof value === 'boolean' || isHeaderName(value),
  ),
  /**
   * The id of a webhook's or message's delivery, which its sender repeats with each attempt. Takes precedence over `header`.
   *
   * Synchronous; called at each event until it returns an id. Read it from verified data, such as a signed body.
   * @default none
   */
  webhookId: callback<DeliveryId>('function of the request'),
  /**
   * The id (a UUID) that a browser gave its own copy of an event, so that the platform can drop one of the two: the name of a
   * header, or a function of the request.
   *
   * The id of a header is for the first `track` event of the request; a function is called for each. A UUID of any version but 5
   * and 7. Takes precedence over `webhookId` and `header`, not over a `key`. It is for one event of one known person: it has no
   * effect on another person's event, or another event.
   * @default none
   */
  eventId: valueThat<string | SharedEventId>(
    'header name, or function',
    'the name of a header, or a function',
    (value) => typeof value === 'function' || isHeaderName(value),
  ),
};

/**
 * How repeated requests are recognised, so that a client's second attempt counts nothing twice. Off by default. This
 * option decides the ids of events that have no `key` of their own: the same request gives the same ids, and `dedup`
 * says how many of them are remembered for how long.
 */
export interface IdempotencyOptions extends OptionsOf<typeof idempotencyRows> {}
