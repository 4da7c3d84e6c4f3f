import { isoTime } from '../../event/iso-time.js';
import type { Destination } from '../destination.js';
import { explainPhrase, protocolMembers } from '../segment-protocol/protocol-destination.js';
import { basicAuthorization } from '../account.js';
import { fromRudderstackCookies } from './rudderstack-cookies.js';
import { addRudderstackMembers } from './rudderstack-message.js';
import { rudderstackOptions, type RudderstackOptions } from './rudderstack-options.js';

/** The default limit of a gateway, in KB. */
const MAX_BODY_BYTES = 4_000 * 1_024;
/** The default of an open-source data plane; a hosted one has 7 days. */
const WINDOW_MS = 3_600_000;
const COOKIES = fromRudderstackCookies();

/**
 * Sends events to the data plane of RudderStack. Never throws; the module checks its options at start.
 *
 * A 200 says that the data plane has checked the request as a whole and stored it.
 */
export function rudderstack(options: RudderstackOptions): Destination {
  const { values, members } = rudderstackOptions.read(options);
  const { writeKey = '', dataPlaneUrl = '', headers, gzip } = values;

  return {
    ...members,
    ...protocolMembers({
      members,
      url: dataPlaneUrl,
      path: '/v1/batch',
      writeKey,
      ownHeaders: { authorization: basicAuthorization(writeKey) },
      headers,
      limits: { maxMessageBytes: MAX_BODY_BYTES, maxBodyBytes: MAX_BODY_BYTES },
      gzip,
      envelope: ({ now }) => ({ sentAt: isoTime(now) }),
      adapt: addRudderstackMembers,
    }),
    acknowledgement: 'accepted',
    deduplication: { fields: ['messageId'], windowMs: WINDOW_MS },
    resolvers: [COOKIES],
    explain: ({ body }) => explainPhrase(body),
  };
}
