import { keyedId } from '../../event/event-id.js';
import { isoTime } from '../../event/iso-time.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import type { Attempt } from '../destination.js';

/** Headers that only this destination sets, in lower case. */
export const V1_HEADERS: readonly string[] = [
  'authorization',
  'posthog-sdk-info',
  'posthog-attempt',
  'posthog-request-id',
  'posthog-request-timestamp',
];

/** The headers that v1 requires. The request's id is that of its events, so that it is the same on every attempt. */
export function v1Headers(
  apiKey: string,
  batch: readonly LaneEvent[],
  { number, now }: Attempt,
): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    'posthog-sdk-info': `nestjs-tracking/${PACKAGE_VERSION}`,
    'posthog-attempt': String(number),
    'posthog-request-id': keyedId('posthog', 'request', '', ...batch.map(({ event }) => event.id)),
    'posthog-request-timestamp': isoTime(now),
  };
}
