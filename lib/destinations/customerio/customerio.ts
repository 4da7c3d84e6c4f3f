import { basicAuthorization } from '../basic-authorization.js';
import type { Destination } from '../destination.js';
import { HOSTED_BODY } from '../segment-protocol/hosted-limits.js';
import { protocolMembers } from '../segment-protocol/protocol-destination.js';
import { fromSegmentCookies } from '../segment-protocol/segment-cookies.js';
import { customerioOptions, type CustomerioOptions } from './customerio-options.js';
import { objectAdmission, addObjectType } from './object-types.js';

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
