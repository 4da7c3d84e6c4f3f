import { accountMembers } from '../account-members.js';
import type { Destination, DestinationSetup } from '../destination.js';
import { decodeData } from '../web-page.js';
import { admission } from './admission.js';
import { recordOf, type Tracker } from './record.js';
import { fromSnowplowCookie } from './snowplow-cookies.js';
import { SNOWPLOW_LIMITS, TP2 } from './snowplow-limits.js';
import { snowplowOptions, type SnowplowOptions } from './snowplow-options.js';
import { fieldOmitted } from './snowplow.messages.js';

/** One for all: it depends on no option. */
const COOKIE = fromSnowplowCookie();
const SCHEMA = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';
const SILENT = (): void => {};

/**
 * Sends `track` events to a Snowplow collector, as self-describing events. Never throws; the module checks its options at start.
 *
 * The collector answers 200 to every request, so `delivered` proves only that it received the event. An event without a schema is
 * declined.
 */
export function snowplow(options: SnowplowOptions): Destination {
  const { values, members } = snowplowOptions.read(options);
  const { collector = '', appId = '', namespace = '', headers } = values;
  const { name } = members;
  const tracker: Tracker = {
    appId,
    namespace,
    schemas: new Map(Object.entries(values.schemas ?? {})),
    contexts: values.contexts,
    encodeBase64: values.encodeBase64,
  };
  const account = accountMembers({ name, url: collector, keys: [], headers });
  const url = collector + TP2;
  const sent = {
    ...headers,
    'content-type': 'application/json; charset=UTF-8',
    // Without it, the collector stores the address of this server as the person's, and creates a network user id.
    'sp-anonymous': '*',
  };
  let setup: DestinationSetup | undefined;
  const omitted = (field: string): void =>
    setup?.notice('normalised', field, () => fieldOmitted(name, field));

  return {
    ...members,
    ...account,
    // No secret: an application id is in every page.
    account: [...account.account, appId],
    acknowledgement: 'received',
    deduplication: { fields: ['eid'] },
    resolvers: [COOKIE],

    open(given) {
      setup = given;
      account.open(given);
    },

    accept: (event) => admission(event, tracker.schemas),

    encode(batch, { now, number }) {
      const report = number > 1 ? SILENT : omitted;
      const data = batch.map((held) => recordOf(held, tracker, now, report));
      const body = JSON.stringify({ schema: SCHEMA, data });
      const { maxBytes } = SNOWPLOW_LIMITS;
      if (Buffer.byteLength(body) > maxBytes)
        throw new RangeError(`the body has more than ${maxBytes} bytes`);
      return { method: 'POST', url, headers: sent, body };
    },

    decode: decodeData(),
  };
}
