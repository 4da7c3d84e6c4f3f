import { accountMembers } from '../account-members.js';
import { shownName } from '../shown-name.js';
import type { Destination, DestinationSetup } from '../destination.js';
import { decodeData } from '../web-page.js';
import { admission } from './admission.js';
import { clientOf } from './client.js';
import { clientIdOf } from './client-id.js';
import { fromGoogleAnalyticsCookie } from './google-analytics-cookies.js';
import { COLLECT, HOSTS, MAX_AGE_MS } from './google-analytics-limits.js';
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
  const account = accountMembers({
    name,
    url: endpoint,
    keys: [measurementId],
    credentials: [apiSecret],
    forms: [secret],
    headers,
  });
  const sent = { ...headers, 'content-type': 'application/json' };
  let setup: DestinationSetup | undefined;
  const clientId = clientIdOf(name, values.clientId, () => setup);

  const report: ReportChange = (change, event, property) => {
    const shown = [event, property].map((part) => part && shownName(part));
    const subject =
      shown[1] === undefined ? `the event \`${shown[0]}\`` : `\`${shown[1]}\` of \`${shown[0]}\``;
    setup?.notice('normalised', `${subject}: ${change}`, () => normalised(name, subject, change));
  };

  return {
    ...members,
    ...account,
    acknowledgement: 'received',
    maxAgeMs: MAX_AGE_MS,
    needs: ['consent'],
    resolvers: [fromGoogleAnalyticsCookie({ measurementId })],

    open(given) {
      setup = given;
      account.open(given);
    },

    accept: (event) => admission(event, clientId),
    // A request has one client: its id, user, user properties and consent.
    partition: (held) => JSON.stringify(clientOf(held, SILENT)),

    encode(batch, { number }) {
      // Changes are reported on the first attempt only.
      const body = measurement(batch, number > 1 ? SILENT : report);
      return { method: 'POST', url, headers: sent, body };
    },

    decode: decodeData(readValidation),
    explain: explainValidation,
  };
}
