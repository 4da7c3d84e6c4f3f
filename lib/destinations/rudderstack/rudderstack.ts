import type { Destination } from '../destination.js';
import { explainPhrase, protocolMembers } from '../segment-protocol/protocol-destination.js';
import { basicAuthorization } from '../account.js';
import { fromRudderstackCookies } from './rudderstack-cookies.js';
import { rudderstackOptions, type RudderstackOptions } from './rudderstack-options.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { Message } from '../segment-protocol/message.js';

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
      hasSentAt: true,
      adapt: addRudderstackMembers,
    }),
    acknowledgement: 'accepted',
    deduplication: { fields: ['messageId'], windowMs: WINDOW_MS },
    resolvers: [COOKIES],
    explain: ({ body }) => explainPhrase(body),
  };
}

/**
 * Adds the members that RudderStack has beyond the protocol. The data plane reads the times of a message in the message itself, and
 * takes its own clock for those that are absent. Integrations read a user's traits in `context.traits`, a group's type in
 * `traits.groupType`, and where an event came from in `channel`.
 */
function addRudderstackMembers(
  message: Message,
  { event, browser }: LaneEvent,
  sentAt: string | undefined,
): void {
  const { type, timestamp, context, traits } = message;
  const { groupType } = event;
  const sessionId = browser?.sessionId;
  if (sessionId !== undefined) context['sessionId'] ??= sessionId;
  if (type === 'identify') context['traits'] ??= traits;
  if (groupType !== undefined) message.traits = { groupType, ...traits };
  message['channel'] = 'server';
  message['originalTimestamp'] = timestamp;
  message['sentAt'] = sentAt;
}
