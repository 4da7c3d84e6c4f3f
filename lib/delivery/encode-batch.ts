import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Attempt, OutgoingRequest } from '../destinations/destination.js';
import type { HeldEvent } from '../event/lane-event.js';
import { disown } from '../host/disown.js';
import type { Batch } from './batch.js';
import type { LaneDestination } from './lane-destination.js';

/**
 * Builds the request for an attempt.
 *
 * @returns the reason if none can be made of the batch: `encode` threw, returned something else, or its body is too large. The
 *   error of `encode` if it says that the configuration allows no request.
 */
export function encodeBatch(
  destination: LaneDestination,
  batch: Batch,
  events: readonly HeldEvent[],
  now: number,
  credentials?: Attempt['credentials'],
): OutgoingRequest | TrackingConfigError | 'encode_error' | 'too_large' {
  try {
    // `encode` may change its array.
    const request: unknown = destination.encode(events.slice(), {
      now,
      number: batch.totalAttempts + 1,
      ...(credentials !== undefined && { credentials }),
    });
    if (isRequest(request)) return bytesOf(request) > destination.batch.maxBytes ? 'too_large' : request;
    disown(request);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    // The dead letter of a single event says that `encode` failed.
  }
  return 'encode_error';
}

function bytesOf({ body }: OutgoingRequest): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
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
