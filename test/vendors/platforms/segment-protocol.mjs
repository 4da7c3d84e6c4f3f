import { nothing } from '../differences.mjs';

/** One description for each message of a batch: the request without its batch, and the message. */
export function messagesOf({ body, ...request }) {
  const { batch, ...envelope } = JSON.parse(body);
  return batch.map((message) => ({ ...request, envelope, message }));
}

/** The arguments of a client of this protocol for a call. */
export function messageFor(call, messageId) {
  const { name: event, properties, userId, anonymousId, groupId, timestamp, previousId } = call;
  const common = { userId, anonymousId, timestamp, context: contextOf(call), messageId };
  switch (call.type) {
    case 'track':
      return { ...common, event, properties };
    case 'identify':
      return { ...common, traits: properties };
    case 'group':
      return { ...common, groupId, traits: properties };
    default:
      return { ...common, previousId };
  }
}

/** The specification has one group of an event, without a type. */
function contextOf({ context, groups = {} }) {
  const [groupId, ...others] = Object.values(groups);
  return groupId === undefined || others.length > 0 ? context : { ...context, groupId };
}

/** Differences from every client of this protocol. */
export const protocolDifferences = [
  { at: 'message/context/library/*', reason: 'Another library.' },
  {
    at: 'message/_metadata/*',
    ours: nothing,
    reason: 'The version of Node.js says nothing about the event.',
  },
  {
    at: 'message/context/groups/*',
    theirs: nothing,
    calls: ['an event of groups', 'an event of one group'],
    reason:
      'The protocol has one group of an event, without a type. This package sends all, with their types.',
  },
  {
    at: 'message/context/groupType',
    theirs: nothing,
    ours: 'company',
    calls: ['traits of a group', 'a group without traits'],
    reason: 'The protocol has no types of groups. This package sends it as `context.groupType`.',
  },
];
