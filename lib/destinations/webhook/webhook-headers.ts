import { types } from 'node:util';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Attempt } from '../destination.js';
import { disown } from '../../host/disown.js';
import { guarded } from '../../host/guarded.js';
import { checkHeaders, plainHeaders } from '../own-headers.js';
import { headersAreAsync, headersFailed } from './webhook.messages.js';

/** The request that a function in the option `headers` gets. */
export interface WebhookRequest {
  readonly events: readonly TrackingEvent[];
  /** Before compression. */
  readonly body: string | Uint8Array;
  readonly attempt: Attempt;
}

/**
 * Returns further headers of one request, such as a signature of the receiver's own kind. Synchronous. It runs for every
 * attempt. If it throws or returns headers that are not allowed, no request is made, and the destination parks.
 */
export type WebhookHeaders = (request: WebhookRequest) => Readonly<Record<string, string>>;

const PLACE = 'headers()';

/** Changing them would break what the receiver verifies. */
export const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** The headers that the function returns, in lower case. @throws TrackingConfigError for headers that are not allowed */
export function webhookHeaders(
  ask: WebhookHeaders,
  { batch, body, attempt }: { batch: readonly LaneEvent[]; body: string | Uint8Array; attempt: Attempt },
): Record<string, string> {
  const request: WebhookRequest = {
    // Read only if the function asks for it: an event may be stored as JSON only.
    get events() {
      return batch.map(({ event }) => event);
    },
    body,
    attempt,
  };
  // `undefined` is an omitted option, not a result.
  const given = asked(ask, request) ?? null;
  checkHeaders(PLACE, given, true, SIGNED_HEADERS);
  return plainHeaders(given);
}

/** An error of the function is a configuration error: no event caused it. */
function asked(ask: WebhookHeaders, request: WebhookRequest): unknown {
  const answer = guarded(() => ({ headers: ask(request) as unknown }));
  if (answer === undefined) throw new TrackingConfigError(PLACE, headersFailed());
  const { headers } = answer;
  if (!types.isPromise(headers)) return headers;
  disown(headers);
  throw new TrackingConfigError(PLACE, headersAreAsync());
}
