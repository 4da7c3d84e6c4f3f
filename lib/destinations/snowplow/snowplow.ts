import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf } from '../account.js';
import { DECLINED } from '../admissions.js';
import { decodeData } from '../answers.js';
import type { Admission, Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { isWellFormed } from '../well-formed.js';
import { recordOf, type Tracker } from './record.js';
import { fromSnowplowCookie } from './snowplow-cookies.js';
import { snowplowOptions, type SnowplowOptions } from './snowplow-options.js';

const TP2 = '/com.snowplowanalytics.snowplow/tp2';

/** Columns of the events table (unconfirmed for each version): the pipeline makes a bad row of a longer value. */
const MAX_USER_ID = 255;

const MAX_DOMAIN_USER_ID = 128;

/** One for all: it depends on no option. */
const COOKIE = fromSnowplowCookie();
const SCHEMA = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';

/**
 * Sends `track` events to a Snowplow collector, as self-describing events. Never throws; the module checks its options at start.
 *
 * The collector answers 200 to every request, so `delivered` proves only that it received the event. An event without a schema is
 * declined.
 */
export function snowplow(options: SnowplowOptions): Destination {
  const { values, members } = snowplowOptions.read(options);
  const { collector = '', appId = '', namespace = '', headers } = values;
  const tracker: Tracker = {
    appId,
    namespace,
    schemas: new Map(Object.entries(values.schemas ?? {})),
    contexts: values.contexts,
    encodeBase64: values.encodeBase64,
  };
  const account = accountOf({ name: members.name, url: collector, keys: [], headers });
  const post = {
    url: collector + TP2,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=UTF-8',
      // Without it, the collector stores the address of this server as the person's, and creates a network user id.
      'sp-anonymous': '*',
    },
    maxBytes: members.limits.maxBytes,
  };

  return {
    ...members,
    ...account.members,
    // No secret: an application id is in every page.
    account: [...account.members.account, appId],
    acknowledgement: 'received',
    deduplication: { fields: ['eid'] },
    resolvers: [COOKIE],
    accept: (event) => admission(event, tracker.schemas),

    encode(batch, attempt) {
      const report = account.changesOf(attempt);
      return jsonRequest(post, {
        schema: SCHEMA,
        data: batch.map((held) => recordOf(held, tracker, attempt.now, report)),
      });
    },

    decode: decodeData(),
  };
}

/** The collector answers 200 to everything, so events that would become bad rows are declined: a `track` without a schema, the other calls, ids that do not fit. */
function admission(event: TrackingEvent, schemas: ReadonlyMap<string, string>): Admission {
  if (event.type !== 'track' || !schemas.has(event.name)) return DECLINED.unsupported;
  const { userId, anonymousId } = event;
  return isId(userId, MAX_USER_ID) && isId(anonymousId, MAX_DOMAIN_USER_ID) ? undefined : DECLINED.invalidId;
}

function isId(id: string | undefined, maxLength: number): boolean {
  return id === undefined || (id.length <= maxLength && isWellFormed(id));
}
