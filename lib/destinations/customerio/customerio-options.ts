import { choice, credential, table, textLike } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { HOSTED_LIMITS } from '../segment-protocol/protocol-destination.js';
import { baseUrl } from '../url-options.js';

/** No limit is documented. */
const MAX_EVENTS = 500;
const OBJECT_TYPES = "an object of object type ids by group type, such as { company: '1' }";

export const customerioOptions = destinationOptions(
  {
    kind: 'customerio',
    limits: { ...HOSTED_LIMITS, maxEvents: MAX_EVENTS },
    reservedHeaders: ['authorization', 'x-strict-mode'],
  },
  {
    /** The API key of a Customer.io API source. */
    writeKey: credential('the API key of your Customer.io source, a non-empty string').required(),
    /** The region of the account. */
    region: choice('us', 'eu').required(),
    /**
     * Base URL in place of the region's host, such as a proxy; `/v1/batch` is added to it.
     * @default by region
     */
    endpoint: baseUrl('/v1/batch', 'Customer.io takes the key from `writeKey` only'),
    /**
     * Ids of Customer.io's object types by `groupType`, such as `{ company: '1', team: '2' }`. A group of another type is declined.
     * See docs/customerio.md#types-of-groups.
     * @default none: only groups without a type are accepted
     */
    objectTypes: table(
      OBJECT_TYPES,
      textLike(/^[1-9]\d*$/, "the id of an object type in digits, such as '1'"),
    ),
  },
);

/** Options of `customerio()`. */
export interface CustomerioOptions extends DestinationOptions, OptionsOf<typeof customerioOptions.own> {}
