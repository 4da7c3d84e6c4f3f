import { isoTime } from '../../event/iso-time.js';
import { accountOf } from '../account.js';
import { decodeData } from '../answers.js';
import type { Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { refusal } from './admission.js';
import { fromAmplitudeCookie } from './amplitude-cookies.js';
import { amplitudeOptions, type AmplitudeOptions } from './amplitude-options.js';
import { explanationOf, outcomesIn } from './answers.js';
import { message } from './message.js';

/** Hosts by region (vendor's HTTP V2 and batch pages). */
const AMPLITUDE_HOSTS: Readonly<Record<string, string>> = {
  us: 'https://api2.amplitude.com',
  eu: 'https://api.eu.amplitude.com',
};

const AMPLITUDE_PATHS: Readonly<Record<string, string>> = { 'http-v2': '/2/httpapi', batch: '/batch' };

/** A second event with the same `insert_id` is ignored for 7 days. */
const DEDUPLICATION_MS = 7 * 86_400_000;

/** Amplitude would otherwise remove ids of fewer than 5 characters from an event. */
const OPTIONS = Object.freeze({ min_id_length: 1 });

/**
 * Sends batches of events to Amplitude. Never throws; the module checks its options at start.
 *
 * A 200 means that Amplitude has validated and received every event of the request. It ignores an event whose `insert_id` and
 * `device_id` it received within the last 7 days.
 */
export function amplitude(options: AmplitudeOptions): Destination {
  const { values, members } = amplitudeOptions.read(options);
  const { apiKey = '', join, gzip, headers } = values;
  const base = values.endpoint ?? AMPLITUDE_HOSTS[values.region] ?? '';
  const post = { url: base + (AMPLITUDE_PATHS[values.api] ?? ''), headers, gzip };
  const account = accountOf({ name: members.name, url: base, keys: [apiKey], headers });

  return {
    ...members,
    ...account.members,
    acknowledgement: 'accepted',
    deduplication: { fields: ['insert_id', 'device_id'], windowMs: DEDUPLICATION_MS },
    resolvers: [fromAmplitudeCookie({ apiKey: values.apiKey })],
    accept: refusal,

    encode(batch, attempt) {
      const report = account.changesOf(attempt);
      return jsonRequest(post, {
        api_key: apiKey,
        events: batch.map((held) => message(held, values, report)),
        options: OPTIONS,
        client_upload_time: isoTime(attempt.now),
      });
    },

    decode: decodeData((answer, batch) => outcomesIn(answer, batch, join)),
    explain: explanationOf,
  };
}
