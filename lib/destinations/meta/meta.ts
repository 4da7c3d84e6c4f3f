import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountMembers } from '../account-members.js';
import { INVALID_ID, NO_IDENTITY, UNSUPPORTED } from '../declines.js';
import type { Admission, Destination, DestinationSetup } from '../destination.js';
import { decodeData } from '../web-page.js';
import { wellFormedJson } from '../well-formed.js';
import { explanationOf, outcomeIn } from './answers.js';
import { fromMetaCookies } from './meta-cookies.js';
import { DEDUPLICATION_MS, MAX_AGE_MS } from './meta-limits.js';
import { metaOptions, type MetaOptions } from './meta-options.js';
import { noWebsite } from './meta.messages.js';
import { serverEvent } from './server-event.js';
import { isPersonal } from './user-data.js';

/** One for all: several datasets of one application read the same cookies. */
const COOKIES = fromMetaCookies();
const SILENT = (): void => {};

/**
 * Sends `track` events to a dataset of Meta's Conversions API. Never throws; the module checks its options at start.
 *
 * Its purpose is `advertising`, which `consent` may decide about. A person's data and ids are hashed before they are sent. Meta
 * accepts or rejects a request as a whole, and accepts no event that is older than 7 days.
 */
export function meta(options: MetaOptions): Destination {
  const { values, members } = metaOptions.read(options);
  const { datasetId = '', accessToken, apiVersion, actionSource, testEventCode, endpoint, headers } = values;
  const { name } = members;
  const own = accountMembers({
    name,
    url: endpoint,
    keys: [datasetId],
    credentials: [accessToken],
    headers,
  });
  const sent = { ...headers, 'content-type': 'application/json' };
  let setup: DestinationSetup | undefined;
  const notWebsite = (): void => setup?.notice('normalised', 'action_source', () => noWebsite(name));

  return {
    ...members,
    ...own,
    purpose: 'advertising',
    needs: ['person', 'consent'],
    acknowledgement: 'accepted',
    deduplication: { fields: ['event_id', 'event_name'], windowMs: DEDUPLICATION_MS },
    maxAgeMs: MAX_AGE_MS,
    resolvers: [COOKIES],

    open(given) {
      setup = given;
      own.open(given);
    },

    accept: admission,

    encode: (batch, attempt) => ({
      method: 'POST',
      url: `${endpoint}/${apiVersion}/${datasetId}/events`,
      headers: sent,
      body: wellFormedJson(
        JSON.stringify({
          // Reported on the first attempt only.
          data: batch.map((held) =>
            serverEvent(held, actionSource, attempt.number > 1 ? SILENT : notWebsite),
          ),
          access_token: accessToken,
          test_event_code: testEventCode,
        }),
      ),
    }),

    decode: decodeData(outcomeIn),
    explain: explanationOf,
  };
}

/** Every id of a person ends up in `user_data`, of which Meta requires one member. */
function admission({ type, userId, anonymousId }: TrackingEvent): Admission {
  if (type !== 'track') return UNSUPPORTED;
  if (userId === undefined && anonymousId === undefined) return NO_IDENTITY;
  return isPersonal(userId) || isPersonal(anonymousId) ? undefined : INVALID_ID;
}
