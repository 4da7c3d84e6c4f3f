import type { Answer, Destination, RequestOutcome } from '../destination.js';
import { basicAuthorization } from '../account.js';
import { explainCode, HOSTED_BODY, protocolMembers } from '../segment-protocol/protocol-destination.js';
import { fromSegmentCookies } from '../segment-protocol/segment-cookies.js';
import { segmentOptions, type SegmentOptions } from './segment-options.js';

/** An EU workspace gets nothing from the US host, which answers 200 all the same. */
const HOSTS = { us: 'https://api.segment.io', eu: 'https://events.eu1.segmentapis.com' } as const;
/** Segment recognises repeats for at least this time. */
const WINDOW_MS = 24 * 3_600_000;
/** Two statuses that Segment's Node SDK retries. */
const RETRIED: ReadonlySet<number> = new Set([410, 460]);
/** The request was sent to another host than Segment, so no retry can succeed. */
const FINAL: ReadonlySet<number> = new Set([501, 505, 511]);
/** A larger number is not a pause in seconds. */
const MAX_RESET_S = 86_400;
const COOKIES = fromSegmentCookies();

/**
 * Sends events to Segment. Never throws; the module checks its options at start.
 *
 * Segment answers 200 to nearly every request, so `delivered` proves only that it received the events. The
 * destination declines events that Segment would drop silently.
 */
export function segment(options: SegmentOptions): Destination {
  const { values, members } = segmentOptions.read(options);
  const { writeKey = '', region = 'us', endpoint, headers, gzip } = values;

  return {
    ...members,
    ...protocolMembers({
      members,
      url: endpoint ?? HOSTS[region],
      path: '/v1/batch',
      writeKey,
      ownHeaders: { authorization: basicAuthorization(writeKey) },
      headers,
      limits: HOSTED_BODY,
      gzip,
      // Fresh for each attempt: Segment moves all times of the batch by the age of this one.
      hasSentAt: true,
      decode: segmentOutcome,
    }),
    acknowledgement: 'received',
    deduplication: { fields: ['messageId'], windowMs: WINDOW_MS },
    resolvers: [COOKIES],
    explain: explainCode,
  };
}

/**
 * Statuses with another meaning than usual. A redirect is none of them: only a proxy answers with one, and the events are not at
 * Segment then, although its SDK counts it as success.
 */
function segmentOutcome({ status, headers }: Answer): RequestOutcome | undefined {
  if (RETRIED.has(status)) return 'retry';
  if (FINAL.has(status)) return 'misconfigured';
  if (status !== 429 || headers['retry-after'] !== undefined) return undefined;
  const seconds = Number(headers['x-ratelimit-reset']);
  return seconds > 0 && seconds <= MAX_RESET_S ? { kind: 'retry', afterMs: seconds * 1_000 } : undefined;
}
