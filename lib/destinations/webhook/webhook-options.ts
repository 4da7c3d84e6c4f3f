import { checkPresent, isMissing } from '../../config/check-credential.js';
import { badOption } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { isPrivateHost } from '../../host/private-hosts.js';
import { callback, choice, flag } from '../../config/kinds.js';
import { option, type OptionsOf } from '../../config/option.js';
import type { CredentialsSource } from '../destination.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { privateUrl } from '../destination.messages.js';
import { url } from '../url-options.js';
import { checkHeaders, HEADERS_EXPECTED, plainHeaders } from '../own-headers.js';
import { cloudEvents } from './cloud-events-options.js';
import { signingKey } from './standard-webhooks.js';
import type { WebhookEncode } from './webhook-body.js';
import { SIGNED_HEADERS, type WebhookHeaders } from './webhook-headers.js';

/** Receivers document no limits, so these keep requests small enough for any server. */
const LIMITS = { maxEvents: 10_000, maxBytes: 16_000_000, maxEventBytes: 16_000_000 };

const NEEDS_HEADERS = 'a function beside `credentials`, which puts the token into a header';
const SECRET =
  '`whsec_` followed by 24 to 64 bytes in base64 (Standard Webhooks), or the option left out for requests that are not signed';

export const webhookOptions = destinationOptions(
  ({ cloudEvents }) => {
    // Without batching, each CloudEvent is one request.
    const isBatched = cloudEvents === undefined || cloudEvents.batched === true;
    const limits = isBatched ? LIMITS : { ...LIMITS, maxEvents: 1 };
    return { kind: 'webhook', limits, reservedHeaders: SIGNED_HEADERS };
  },
  {
    /**
     * URL that batches are sent to. Redirects are not followed. A user or password in it fails at start: use `headers`.
     */
    url: url('send it in `headers` as `authorization`').required(),
    /**
     * The method of requests.
     * @default 'POST'
     */
    method: choice('POST', 'PUT', 'PATCH').default('POST'),
    /**
     * Further headers of every request, or a synchronous function that returns them for each request.
     * See docs/webhook.md#headers-of-your-own.
     *
     * Values count as credentials: they are never shown, and do not select the account. Headers that describe the body, sign it
     * or belong to the connection are rejected. If the function throws or returns something else, no request is made, and the
     * destination parks.
     * @default none
     */
    headers: option<Readonly<Record<string, string>> | WebhookHeaders>(
      'object, or function',
      HEADERS_EXPECTED,
      (path, value, { credentials }) => {
        if (typeof value !== 'function') checkHeaders(path, value, credentials, SIGNED_HEADERS);
      },
      { read: (value) => (typeof value === 'function' ? (value as WebhookHeaders) : plainHeaders(value)) },
    ).default({}),
    /**
     * Returns credentials that expire, such as a token. The function in `headers` gets them as
     * `attempt.credentials`.
     *
     * Called when the first event is due, before they expire, and after the receiver rejected them with a 401. Until it answers,
     * events stay pending.
     * @default none
     * @see docs/webhook.md#a-token-that-expires
     */
    credentials: callback<CredentialsSource>(),
    /**
     * Sends CloudEvents 1.0 in structured mode, one per request or batched. Not together with `encode`.
     * See docs/webhook.md#cloudevents.
     * @default a JSON array of events
     */
    cloudEvents: cloudEvents(),
    /**
     * Makes a body of your own. Not together with `cloudEvents`. See docs/webhook.md#a-body-of-your-own.
     * @default a JSON array of events
     */
    encode: callback<WebhookEncode>(),
    /**
     * Signs requests as Standard Webhooks 1.0 specifies: `whsec_` and 24 to 64 bytes in base64. With several secrets, requests have
     * one signature for each.
     *
     * With both, the receiver can change from one secret to the other. A present but undefined or empty secret fails at start.
     * @default not signed
     */
    secret: option<string | readonly string[]>('string, or array', SECRET, (path, value, { credentials }) => {
      if (!Array.isArray(value)) return checkSecret(path, value);
      if (value.length === 0) throw badOption(path, value, SECRET);
      value.forEach((secret, index) => {
        if (credentials || !isMissing(secret)) checkSecret(`${path}[${index}]`, secret);
      });
    }).named(),
    /**
     * Compresses request bodies, off the main thread. Not every receiver can decompress them.
     * @default false
     */
    gzip: flag().default(false),
    /**
     * Set it to false for a URL that a customer chose. See docs/webhook.md#a-url-that-a-customer-chose.
     *
     * A private or loopback address in the URL then fails at start, and each address that its host resolves to is checked
     * before a connection. Fails at start together with a `dispatcher`.
     * @default true
     */
    allowPrivateHosts: flag().default(true),
  },
  (path, { url, allowPrivateHosts, cloudEvents, encode, credentials, headers }) => {
    if (cloudEvents !== undefined && encode !== undefined) {
      throw badOption(`${path}.cloudEvents`, cloudEvents, 'nothing beside `encode`: a request has one body');
    }
    if (credentials !== undefined && encode === undefined && typeof headers !== 'function') {
      const given = Object.keys(headers).length === 0 ? undefined : headers;
      throw badOption(`${path}.headers`, given, NEEDS_HEADERS);
    }
    if (!allowPrivateHosts && url !== undefined && isPrivateHost(url)) {
      throw new TrackingConfigError(`${path}.url`, privateUrl(`${path}.url`));
    }
  },
);

/** Options of `webhook()`. */
export interface WebhookOptions
  extends Omit<DestinationOptions, 'headers'>, OptionsOf<typeof webhookOptions.own> {}

function checkSecret(path: string, secret: unknown): void {
  checkPresent(path, secret, SECRET);
  if (typeof secret !== 'string' || signingKey(secret) === undefined) throw badOption(path, secret, SECRET);
}
