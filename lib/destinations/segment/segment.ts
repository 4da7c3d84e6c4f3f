import { isoTime } from '../../event/iso-time.js';
import { basicAuthorization } from '../basic-authorization.js';
import type { Destination } from '../destination.js';
import { explainCode } from '../segment-protocol/explain-error.js';
import { protocolMembers } from '../segment-protocol/protocol-destination.js';
import { fromSegmentCookies } from '../segment-protocol/segment-cookies.js';
import { segmentOutcome } from './segment-answers.js';
import { SEGMENT_BODY, SEGMENT_HOSTS, SEGMENT_WINDOW_MS } from './segment-limits.js';
import { segmentOptions, type SegmentOptions } from './segment-options.js';

const COOKIES = fromSegmentCookies();

/**
 * Sends events to Segment. Never throws; the module checks its options at start.
 *
 * Segment answers 200 to nearly every request, so `delivered` proves only that it received the events. What it would drop
 * silently is declined.
 */
export function segment(options: SegmentOptions): Destination {
  const { values, members } = segmentOptions.read(options);
  const { writeKey = '', region = 'us', endpoint, headers, gzip } = values;

  return {
    ...members,
    ...protocolMembers({
      members,
      url: endpoint ?? SEGMENT_HOSTS[region],
      path: '/v1/batch',
      writeKey,
      ownHeaders: { authorization: basicAuthorization(writeKey) },
      headers,
      limits: SEGMENT_BODY,
      gzip,
      // Fresh for each attempt: Segment moves all times of the batch by the age of this one.
      envelope: ({ now }) => ({ sentAt: isoTime(now) }),
    }),
    acknowledgement: 'received',
    deduplication: { fields: ['messageId'], windowMs: SEGMENT_WINDOW_MS },
    resolvers: [COOKIES],
    decode: segmentOutcome,
    explain: explainCode,
  };
}
