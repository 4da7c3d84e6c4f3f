import { isoTime } from '../../event/iso-time.js';
import { accountOf, shownName } from '../account.js';
import { decodeData } from '../answers.js';
import type { Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { refusal } from './admission.js';
import { fromAmplitudeCookie } from './amplitude-cookies.js';
import {
  AMPLITUDE_HOSTS,
  AMPLITUDE_PATHS,
  amplitudeOptions,
  type AmplitudeOptions,
  DEDUPLICATION_MS,
  MAX_GROUP_TYPES,
} from './amplitude-options.js';
import { manyGroups, textCut } from './amplitude.messages.js';
import { explanationOf, outcomesIn } from './answers.js';
import { message, type Report } from './message.js';

/** Amplitude would otherwise remove ids of fewer than 5 characters from an event. */
const OPTIONS = Object.freeze({ min_id_length: 1 });
const SILENT: Report = { cut() {}, groups() {} };

/**
 * Sends batches of events to Amplitude. Never throws; the module checks its options at start.
 *
 * A 200 means that Amplitude has validated and received every event of the request. It ignores an event whose `insert_id` and
 * `device_id` it received within the last 7 days.
 */
export function amplitude(options: AmplitudeOptions): Destination {
  const { values, members } = amplitudeOptions(options);
  const { apiKey = '', join, gzip, groupType, headers } = values;
  const base = values.endpoint ?? AMPLITUDE_HOSTS[values.region] ?? '';
  const post = { url: base + (AMPLITUDE_PATHS[values.api] ?? ''), headers, gzip };
  const { name } = members;
  const account = accountOf({ name, url: base, keys: [apiKey], headers });

  const reported: Report = {
    cut(event, property) {
      const shown = shownName(property);
      account.notice('normalised', `${event}.${shown}`, () => textCut(name, event, shown));
    },
    groups(event, count) {
      if (count > MAX_GROUP_TYPES) account.notice('normalised', event, () => manyGroups(name, event));
    },
  };

  return {
    ...members,
    ...account.members,
    acknowledgement: 'accepted',
    deduplication: { fields: ['insert_id', 'device_id'], windowMs: DEDUPLICATION_MS },
    resolvers: [fromAmplitudeCookie({ apiKey: values.apiKey })],
    accept: refusal,

    encode(batch, attempt) {
      // Changes are reported on the first attempt only.
      const report = attempt.number > 1 ? SILENT : reported;
      return jsonRequest(post, {
        api_key: apiKey,
        events: batch.map((held) => message(held, { join, groupType, report })),
        options: OPTIONS,
        client_upload_time: isoTime(attempt.now),
      });
    },

    decode: decodeData((answer, batch) => outcomesIn(answer, batch, join)),
    explain: explanationOf,
  };
}
