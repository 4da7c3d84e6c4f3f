import type { LaneEvent } from '../../event/lane-event.js';
import type { Message } from '../segment-protocol/message.js';
import type { Envelope } from '../segment-protocol/protocol-batch.js';

/**
 * The members that RudderStack has beyond the protocol. The data plane reads the times of a message in the message itself, and
 * takes its own clock for those that are absent. Integrations read a user's traits in `context.traits`, a group's type in
 * `traits.groupType`, and where an event came from in `channel`.
 */
export function rudderstackMessage(
  message: Message,
  { event, browser }: LaneEvent,
  { sentAt }: Envelope,
): Message {
  const { type, timestamp, context, traits } = message;
  const sessionId = browser?.sessionId;
  if (sessionId !== undefined) context['sessionId'] ??= sessionId;
  if (type === 'identify') context['traits'] ??= traits;
  const further = { channel: 'server', originalTimestamp: timestamp, sentAt };
  const { groupType } = event;
  return groupType === undefined
    ? { ...message, ...further }
    : { ...message, traits: { groupType, ...traits }, ...further };
}
