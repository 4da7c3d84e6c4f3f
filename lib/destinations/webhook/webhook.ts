import { toEventJson } from '../../event/event-json.js';
import { idOf } from '../../event/lane-event.js';
import type { LaneEvent } from '../../event/lane-event.js';
import { batchOf } from '../batch-of.js';
import type { Destination } from '../destination.js';
import { warnOfPlainHttp } from '../plain-http.js';
import { plainUrl } from '../plain-url.js';
import { urlSecrets } from '../url-secrets.js';
import { sign, signingKey, webhookId } from './standard-webhooks.js';
import { explainProblem } from './explain-problem.js';
import { headerSecrets, plainHeaders } from '../own-headers.js';
import { checkWebhookOptions, WEBHOOK_LIMITS, type WebhookOptions } from './webhook-options.js';

/**
 * Posts batches of events as a JSON array to a URL of your own, signed when a `secret` is given. Never throws; the
 * module checks its options at start.
 *
 * The signature covers the JSON before compression: a receiver decompresses the body first, as frameworks do, and then
 * verifies it.
 */
export function webhook(options: WebhookOptions): Destination {
  const given: Partial<WebhookOptions> = typeof options === 'object' && options !== null ? options : {};
  const url = plainUrl(given.url);
  const secrets = [given.secret ?? []].flat().filter((secret) => typeof secret === 'string' && secret !== '');
  const keys = secrets.map(signingKey).filter((key) => key !== undefined);
  const own = plainHeaders(given.headers);

  const name = given.name ?? 'webhook';
  const hidden = [
    ...new Set([
      ...secrets.flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]),
      ...headerSecrets(own),
      ...urlSecrets(url),
    ]),
  ];

  return {
    name,
    kind: 'webhook',
    account: [url],
    credentials: [own['authorization'], secrets[0]].filter((value) => value !== undefined),
    secrets: hidden,
    limits: WEBHOOK_LIMITS,
    batch: batchOf(given.batch, { maxEvents: 500, maxBytes: 512_000, maxDelayMs: 1_000 }),
    concurrency: given.concurrency ?? 4,
    ...(given.timeoutMs !== undefined && { timeoutMs: given.timeoutMs }),
    ...(given.dispatcher !== undefined && { dispatcher: given.dispatcher }),
    ...(given.allowProperties !== undefined && { allowProperties: given.allowProperties }),
    ...(given.allowPrivateHosts !== undefined && { allowPrivateHosts: given.allowPrivateHosts }),
    acknowledgement: 'accepted',
    deduplication: { fields: ['id'] },

    check: (path, credentials) => checkWebhookOptions(path, options, credentials),

    open: (setup) => warnOfPlainHttp(setup, name, url, hidden),

    encode(batch, attempt) {
      const json = jsonArray(batch);
      const body = keys.length === 0 ? json : Buffer.from(json);
      const id = webhookId(batch.map(idOf));
      const timestamp = Math.floor(attempt.now / 1_000);
      return {
        method: 'POST',
        url,
        headers: {
          ...own,
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          ...(typeof body !== 'string' && { 'webhook-signature': sign(keys, id, timestamp, body) }),
        },
        body,
        ...(given.gzip === true && { compress: 'gzip' as const }),
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
