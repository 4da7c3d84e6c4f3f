import { toEventJson } from '../../event/event-json.js';
import { idOf } from '../../event/lane-event.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { Destination } from '../destination.js';
import { warnOfPlainHttp } from '../plain-http.js';
import { urlSecrets } from '../url-secrets.js';
import { sign, signingKey, webhookId } from './standard-webhooks.js';
import { explainProblem } from './explain-problem.js';
import { headerSecrets } from '../own-headers.js';
import { webhookOptions, type WebhookOptions } from './webhook-options.js';

/**
 * Posts batches of events as a JSON array to a URL of your own, signed when a `secret` is given. Never throws; the
 * module checks its options at start.
 *
 * The signature covers the JSON before compression: a receiver decompresses the body first, as frameworks do, and then
 * verifies it.
 */
export function webhook(options: WebhookOptions): Destination {
  const { values, members } = webhookOptions.read(options);
  const { url = '', headers, gzip, allowPrivateHosts } = values;
  const secrets = [values.secret ?? []]
    .flat()
    .filter((secret) => typeof secret === 'string' && secret !== '');
  const keys = secrets.map(signingKey).filter((key) => key !== undefined);
  const hidden = [
    ...new Set([
      ...secrets.flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]),
      ...headerSecrets(headers),
      ...urlSecrets(url),
    ]),
  ];

  return {
    ...members,
    account: [url],
    credentials: [headers['authorization'], secrets[0]].filter((value) => value !== undefined),
    secrets: hidden,
    allowPrivateHosts,
    acknowledgement: 'accepted',
    deduplication: { fields: ['id'] },

    open: (setup) => warnOfPlainHttp(setup, members.name, url, hidden),

    encode(batch, attempt) {
      const json = jsonArray(batch);
      const body = keys.length === 0 ? json : Buffer.from(json);
      const id = webhookId(batch.map(idOf));
      const timestamp = Math.floor(attempt.now / 1_000);
      return {
        method: 'POST',
        url,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          ...(typeof body !== 'string' && { 'webhook-signature': sign(keys, id, timestamp, body) }),
        },
        body,
        ...(gzip && { compress: 'gzip' as const }),
      };
    },

    explain: explainProblem,
  };
}

/**
 * One call for a whole array costs a third less than one for each event. Texts that are there already are cheaper still, as
 * long as nobody touches the `event` of what has one: that would parse it.
 */
function jsonArray(batch: readonly LaneEvent[]): string {
  if (batch.every(({ json }) => json === undefined)) {
    return JSON.stringify(batch.map(({ event }) => toEventJson(event)));
  }
  return `[${batch.map((held) => held.json ?? JSON.stringify(toEventJson(held.event))).join()}]`;
}
