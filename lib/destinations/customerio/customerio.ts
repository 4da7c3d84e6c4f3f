import type { TrackingEvent } from '../../event/tracking-event.js';
import { DECLINED } from '../admissions.js';
import type { Admission, Destination } from '../destination.js';
import { basicAuthorization } from '../account.js';
import { HOSTED_BODY, protocolAdmission, protocolMembers } from '../segment-protocol/protocol-destination.js';
import type { Message } from '../segment-protocol/message.js';
import { fromSegmentCookies } from '../segment-protocol/segment-cookies.js';
import { customerioOptions, type CustomerioOptions } from './customerio-options.js';

const HOSTS = { us: 'https://cdp.customer.io', eu: 'https://cdp-eu.customer.io' } as const;
/** Customer.io's browser library writes the cookies of Segment's. */
const COOKIES = fromSegmentCookies();

/**
 * Sends events to the Pipelines API of Customer.io. Never throws; the module checks its options at start.
 *
 * Requests are in strict mode: a 200 says that every message passed validation.
 */
export function customerio(options: CustomerioOptions): Destination {
  const { values, members } = customerioOptions.read(options);
  const { writeKey = '', region = 'us', endpoint, headers, objectTypes = {} } = values;

  return {
    ...members,
    ...protocolMembers({
      members,
      url: endpoint ?? HOSTS[region],
      path: '/v1/batch',
      writeKey,
      // Without it, Customer.io answers 200 to invalid messages and drops them.
      ownHeaders: { authorization: basicAuthorization(writeKey), 'x-strict-mode': '1' },
      headers,
      limits: HOSTED_BODY,
      adapt: (message, { event }) => addObjectType(message, event.groupType, objectTypes),
    }),
    accept: (event) => objectAdmission(event, objectTypes),
    acknowledgement: 'accepted',
    deduplication: { fields: ['messageId'] },
    resolvers: [COOKIES],
  };
}

type ObjectTypes = Readonly<Record<string, string>>;

const MEMBER = 'objectTypeId';

/** Declines a group whose type has no id: Customer.io would make it an object of its first type. */
function objectAdmission(event: TrackingEvent, types: ObjectTypes): Admission {
  const refused = protocolAdmission(event);
  if (refused !== undefined || event.groupType === undefined || MEMBER in event.properties) return refused;
  return Object.hasOwn(types, event.groupType) ? undefined : DECLINED.unsupported;
}

/** Adds the id of the group's object type to the traits, unless the application gave one. */
function addObjectType(message: Message, groupType: string | undefined, types: ObjectTypes): void {
  if (groupType === undefined || !Object.hasOwn(types, groupType)) return;
  message.traits = { [MEMBER]: types[groupType], ...message.traits };
}
