import { accountOf, shownName } from '../account.js';
import { decodeData } from '../answers.js';
import type { Destination } from '../destination.js';
import { jsonRequest } from '../json-request.js';
import { admission } from './admission.js';
import { clientOf } from './client.js';
import { clientIdOf } from './client-id.js';
import { fromGoogleAnalyticsCookie } from './google-analytics-cookies.js';
import { COLLECT, GOOGLE_ANALYTICS_LIMITS, HOSTS, MAX_AGE_MS } from './google-analytics-limits.js';
import { googleAnalyticsOptions, type GoogleAnalyticsOptions } from './google-analytics-options.js';
import { normalised } from './google-analytics.messages.js';
import { measurement, type ReportChange } from './measurement.js';
import { explainValidation, readValidation } from './validation.js';

const SILENT = (): void => {};

/**
 * Sends `track` events to Google Analytics 4 by its Measurement Protocol. Never throws; the module checks its options at start.
 *
 * Google answers 2xx to every request, so `delivered` proves only that it received the event. An event that it would drop is
 * declined, or changed with a notice of each change.
 */
export function googleAnalytics(options: GoogleAnalyticsOptions): Destination {
  const { values, members } = googleAnalyticsOptions.read(options);
  const { measurementId = '', apiSecret = '', region, endpoint = HOSTS[region], headers } = values;
  const { name } = members;
  const secret = encodeURIComponent(apiSecret);
  const url = `${endpoint}${COLLECT}?measurement_id=${encodeURIComponent(measurementId)}&api_secret=${secret}`;
  const account = accountOf({
    name,
    url: endpoint,
    keys: [measurementId],
    credentials: [apiSecret],
    forms: [secret],
    headers,
  });
  const post = { url, headers, maxBytes: GOOGLE_ANALYTICS_LIMITS.maxBytes };
  const clientId = clientIdOf(name, values.clientId, account.notice);

  const report: ReportChange = (change, event, property) => {
    const shown = `\`${shownName(event)}\``;
    const subject = property === undefined ? `the event ${shown}` : `\`${shownName(property)}\` of ${shown}`;
    account.notice('normalised', `${subject}: ${change}`, () => normalised(name, subject, change));
  };

  return {
    ...members,
    ...account.members,
    acknowledgement: 'received',
    maxAgeMs: MAX_AGE_MS,
    needs: ['consent'],
    resolvers: [fromGoogleAnalyticsCookie({ measurementId })],

    accept: (event) => admission(event, clientId),
    // A request has one client: its id, user, user properties and consent.
    partition: (held) => JSON.stringify(clientOf(held, SILENT)),

    // Changes are reported on the first attempt only.
    encode: (batch, { number }) => jsonRequest(post, measurement(batch, number > 1 ? SILENT : report)),

    decode: decodeData(readValidation),
    explain: explainValidation,
  };
}
