import { isoTime } from '../../event/iso-time.js';
import { basicAuthorization } from '../basic-authorization.js';
import type { Destination } from '../destination.js';
import { explainCode } from '../segment-protocol/explain-error.js';
import { HOSTED_BODY } from '../segment-protocol/hosted-limits.js';
import { protocolMembers } from '../segment-protocol/protocol-destination.js';
import { fromSegmentCookies } from '../segment-protocol/segment-cookies.js';
import { segmentOutcome } from './segment-answers.js';
import { segmentOptions, type SegmentOptions } from './segment-options.js';

/** An EU workspace gets nothing from the US host, which answers 200 all the same. */
const HOSTS = { us: 'https://api.segment.io', eu: 'https://events.eu1.segmentapis.com' } as const;
/** At least so long, repeats are recognised. */
const WINDOW_MS = 24 * 3_600_000;
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
      envelope: ({ now }) => ({ sentAt: isoTime(now) }),
      decode: segmentOutcome,
    }),
    acknowledgement: 'received',
    deduplication: { fields: ['messageId'], windowMs: WINDOW_MS },
    resolvers: [COOKIES],
    explain: explainCode,
  };
}
