import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Attempt, OutgoingRequest } from '../destinations/destination.js';
import type { HeldEvent } from '../event/lane-event.js';
import { disown } from '../host/disown.js';
import type { Batch } from './batch.js';
import type { LaneDestination } from './lane-destination.js';

/**
 * The request for a batch, built anew for each attempt; undefined where none can be made of it, because `encode` threw or
 * returned something that is no request, and the error where it says that the configuration allows none. It may do with the
 * array what it likes: it has its own.
 */
export function encodeBatch(
  destination: LaneDestination,
  batch: Batch,
  events: readonly HeldEvent[],
  now: number,
  credentials?: Attempt['credentials'],
): OutgoingRequest | TrackingConfigError | undefined {
  try {
    const request: unknown = destination.encode(events.slice(), {
      now,
      number: batch.totalAttempts + 1,
      ...(credentials !== undefined && { credentials }),
    });
    if (isRequest(request)) return request;
    disown(request);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    // As good as nothing returned.
  }
  return undefined;
}

function isRequest(request: unknown): request is OutgoingRequest {
  if (typeof request !== 'object' || request === null) return false;
  const { method, url, body, secrets } = request as Partial<Record<keyof OutgoingRequest, unknown>>;
  return (
    typeof method === 'string' &&
    typeof url === 'string' &&
    /^https?:/i.test(url) &&
    URL.canParse(url) &&
    (body === undefined || typeof body === 'string' || body instanceof Uint8Array) &&
    (secrets === undefined || (Array.isArray(secrets) && secrets.every((each) => typeof each === 'string')))
  );
}
