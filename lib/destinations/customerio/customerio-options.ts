import { badOption, memberPath } from '../../config/check-option.js';
import { isObject } from '../../event/json-values.js';
import { choice, credential } from '../../config/kinds.js';
import { option, type OptionsOf } from '../../config/option.js';
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
    endpoint: baseUrl({
      paths: '/v1/batch',
      inPlaceOfUser: 'Customer.io takes the key from `writeKey` only',
    }),
    /**
     * Ids of Customer.io's object types by `groupType`, such as `{ company: '1', team: '2' }`. A group of another type is declined.
     * See docs/customerio.md#types-of-groups.
     * @default none: only groups without a type are accepted
     */
    objectTypes: option<Readonly<Record<string, string>>>('object', OBJECT_TYPES, checkObjectTypes),
  },
);

/** Options of `customerio()`. */
export interface CustomerioOptions extends DestinationOptions, OptionsOf<typeof customerioOptions.own> {}

function checkObjectTypes(path: string, given: unknown): void {
  if (!isObject(given)) throw badOption(path, given, OBJECT_TYPES);
  for (const [type, id] of Object.entries(given)) {
    if (typeof id !== 'string' || !/^[1-9]\d*$/.test(id)) {
      throw badOption(memberPath(path, type), id, "the id of an object type in digits, such as '1'");
    }
  }
}
