import { checkPresent, isMissing } from '../../config/check-credential.js';
import { badOption } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { isPrivateHost } from '../../host/private-hosts.js';
import { flag } from '../../options/kinds.js';
import { option, type OptionsOf } from '../../options/option.js';
import type { DestinationLimits } from '../destination.js';
import { destinationOptions } from '../destination-options.js';
import { privateUrl } from '../destination.messages.js';
import type { DestinationOptions } from '../shared-options.js';
import { url } from '../url-options.js';
import { signingKey } from './standard-webhooks.js';

/** Changing them would break what the receiver verifies. */
const OWN_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** A receiver documents none, so these only keep a request within what a server of any kind may take. */
export const WEBHOOK_LIMITS: DestinationLimits = {
  maxEvents: 10_000,
  maxBytes: 16_000_000,
  maxEventBytes: 16_000_000,
};

const SECRET =
  '`whsec_` followed by 24 to 64 bytes in base64 (Standard Webhooks), or the option left out for requests that are not signed';

export const webhookOptions = destinationOptions(
  { kind: 'webhook', limits: WEBHOOK_LIMITS, reservedHeaders: OWN_HEADERS },
  {
    /**
     * URL that batches are posted to. Redirects are not followed. A user or password in it fails at start: use `headers`.
     */
    url: url({ inPlaceOfUser: 'send it in `headers` as `authorization`' }).required(),
    /**
     * Signs requests as Standard Webhooks 1.0 says: `whsec_` and 24 to 64 bytes in base64. With several secrets, requests have
     * one signature for each.
     *
     * The receiver may so change from one secret to the other. Present and undefined or empty fails at start.
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
     * Set it to false for a URL that a customer chose.
     *
     * A private or loopback address in the URL then fails at start, and each address that its host resolves to is checked
     * before a connection. Fails at start together with a `dispatcher`.
     * @default true
     * @see docs/webhook.md#a-url-that-a-customer-chose
     */
    allowPrivateHosts: flag().default(true),
  },
  (path, { url, allowPrivateHosts }) => {
    if (!allowPrivateHosts && url !== undefined && isPrivateHost(url)) {
      throw new TrackingConfigError(`${path}.url`, privateUrl(`${path}.url`));
    }
  },
);

/** Options of `webhook()`. */
export interface WebhookOptions extends DestinationOptions, OptionsOf<typeof webhookOptions.own> {}

function checkSecret(path: string, secret: unknown): void {
  checkPresent(path, secret, SECRET);
  if (typeof secret !== 'string' || signingKey(secret) === undefined) throw badOption(path, secret, SECRET);
}
