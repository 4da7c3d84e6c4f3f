import { idOf } from '../../event/lane-event.js';
import { headerSecrets, urlSecrets, warnOfPlainHttp } from '../account.js';
import type { Answer, Destination, Explanation } from '../destination.js';
import { sign, signingKey, webhookId } from './standard-webhooks.js';
import { webhookBody } from './webhook-body.js';
import { webhookHeaders } from './webhook-headers.js';
import { webhookOptions, type WebhookOptions } from './webhook-options.js';
import { objectOf, textOf, type UnknownObject } from '../../event/json-values.js';
import { jsonObject } from '../answers.js';

/**
 * Sends batches of events to a URL of your own: as a JSON array, as CloudEvents, or in a custom body. They are signed if
 * a `secret` is given. Never throws; the module checks its options at start.
 *
 * The signature covers the JSON before compression: a receiver decompresses the body first, as frameworks do, and then
 * verifies it.
 */
export function webhook(options: WebhookOptions): Destination {
  const { values, members } = webhookOptions.read(options);
  const { url = '', gzip, allowPrivateHosts, method } = values;
  const ask = typeof values.headers === 'function' ? values.headers : undefined;
  const headers = typeof values.headers === 'function' ? {} : values.headers;
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
    credentials:
      values.credentials ?? [headers['authorization'], secrets[0]].filter((value) => value !== undefined),
    secrets: hidden,
    allowPrivateHosts,
    acknowledgement: 'accepted',
    deduplication: { fields: ['id'] },

    open: (setup) => warnOfPlainHttp(setup, members.name, url, hidden),

    encode(batch, attempt) {
      const { body: made, contentType } = webhookBody(batch, attempt, values);
      const signed = keys.length === 0 ? undefined : bytesOf(made);
      const body = signed ?? made;
      const id = webhookId(batch.map(idOf));
      const timestamp = Math.floor(attempt.now / 1_000);
      const asked = ask && webhookHeaders(ask, { batch, body, attempt });
      return {
        method,
        url,
        headers: {
          ...(asked ?? headers),
          'content-type': contentType,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          ...(signed && { 'webhook-signature': sign(keys, id, timestamp, signed) }),
        },
        body,
        ...(asked && { secrets: headerSecrets(asked) }),
        ...(gzip && { compress: 'gzip' as const }),
      };
    },

    explain: explainProblem,
  };
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Reads the receiver's reason from RFC 9457 problem details, or from the members that most APIs use. */
export function explainProblem(answer: Answer): Explanation | undefined {
  const problem = jsonObject(answer);
  const places: readonly UnknownObject[] = [objectOf(problem['error']), problem];
  const first = (...names: readonly string[]): string | undefined =>
    names.flatMap((name) => places.map((place) => textOf(place[name]))).find((text) => text !== undefined);
  return {
    code: first('code', 'type'),
    field: first('field'),
    message: first('message', 'detail', 'title', 'error'),
  };
}
