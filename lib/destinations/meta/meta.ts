import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf } from '../account.js';
import { INVALID_ID, NO_IDENTITY, UNSUPPORTED } from '../admissions.js';
import { decodeData } from '../answers.js';
import type { Admission, Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
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
  const account = accountOf({
    name,
    url: endpoint,
    keys: [datasetId],
    credentials: [accessToken],
    headers,
  });
  const post = { url: `${endpoint}/${apiVersion}/${datasetId}/events`, headers };
  const notWebsite = (): void => account.notice('normalised', 'action_source', () => noWebsite(name));

  return {
    ...members,
    ...account.members,
    purpose: 'advertising',
    needs: ['person', 'consent'],
    acknowledgement: 'accepted',
    deduplication: { fields: ['event_id', 'event_name'], windowMs: DEDUPLICATION_MS },
    maxAgeMs: MAX_AGE_MS,
    resolvers: [COOKIES],

    accept: admission,

    encode(batch, attempt) {
      // Reported on the first attempt only.
      const report = attempt.number > 1 ? SILENT : notWebsite;
      return jsonRequest(post, {
        data: batch.map((held) => serverEvent(held, actionSource, report)),
        access_token: accessToken,
        test_event_code: testEventCode,
      });
    },

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
