import type { LaneEvent } from '../../event/lane-event.js';
import type { Message } from '../segment-protocol/message.js';
import type { Envelope } from '../segment-protocol/protocol-destination.js';

/**
 * Adds the members that RudderStack has beyond the protocol. The data plane reads the times of a message in the message itself, and
 * takes its own clock for those that are absent. Integrations read a user's traits in `context.traits`, a group's type in
 * `traits.groupType`, and where an event came from in `channel`.
 */
export function addRudderstackMembers(
  message: Message,
  { event, browser }: LaneEvent,
  { sentAt }: Envelope,
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
