import { checkPresent, isMissing } from '../../config/check-credential.js';
import { badOption, checkFlag, checkUrl } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { isPrivateHost } from '../../host/private-hosts.js';
import { checkDestination, checkNoUserInfo } from '../check-destination.js';
import type { DestinationLimits, DestinationOptions } from '../destination.js';
import { privateUrl } from '../destination.messages.js';
import { signingKey } from './standard-webhooks.js';

/** Options of `webhook()`. */
export interface WebhookOptions extends DestinationOptions {
  /** URL that batches are posted to. Redirects are not followed. */
  readonly url: string | undefined;
  /**
   * Signs requests as Standard Webhooks 1.0 says: `whsec_` and 24 to 64 bytes in base64. Several: each signs, so that the
   * receiver may change from one to the other. Default: not signed. Present and undefined or empty fails at start.
   */
  readonly secret?: string | readonly string[] | undefined;
  /** Compresses request bodies. Default false, because not every receiver can decompress them. */
  readonly gzip?: boolean | undefined;
  /**
   * Set it to false for a URL that a customer chose. A private or loopback address in the URL then fails at start, and
   * each address that its host resolves to is checked before a connection. Fails at start together with a `dispatcher`.
   * Default true.
   */
  readonly allowPrivateHosts?: boolean | undefined;
}

const OWN_OPTIONS = ['url', 'secret', 'gzip', 'allowPrivateHosts'];
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

/** Checks the options at start. @throws TrackingConfigError */
export function checkWebhookOptions(path: string, given: unknown, credentials: boolean): void {
  const options = checkDestination(path, given, {
    own: OWN_OPTIONS,
    limits: WEBHOOK_LIMITS,
    headers: OWN_HEADERS,
    credentials,
  });
  const url = options['url'];
  const mayBeMissing = !credentials && isMissing(url);
  if (!mayBeMissing) {
    checkPresent(`${path}.url`, url, 'an absolute http:// or https:// URL');
    checkUrl(`${path}.url`, url);
    checkNoUserInfo(`${path}.url`, url as string, 'send it in `headers` as `authorization`');
  }
  if (Object.hasOwn(options, 'secret')) checkSecret(`${path}.secret`, options['secret'], credentials);
  checkFlag(`${path}.gzip`, options['gzip']);
  checkFlag(`${path}.allowPrivateHosts`, options['allowPrivateHosts']);
  if (options['allowPrivateHosts'] === false && !mayBeMissing && isPrivateHost(url as string)) {
    throw new TrackingConfigError(`${path}.url`, privateUrl(`${path}.url`));
  }
}

function checkSecret(option: string, given: unknown, credentials: boolean): void {
  if (!Array.isArray(given)) return checkOneSecret(option, given, credentials);
  if (given.length === 0) throw badOption(option, given, SECRET);
  given.forEach((secret, i) => checkOneSecret(`${option}[${i}]`, secret, credentials));
}

function checkOneSecret(option: string, secret: unknown, credentials: boolean): void {
  if (!credentials && isMissing(secret)) return;
  checkPresent(option, secret, SECRET);
  if (typeof secret !== 'string' || signingKey(secret) === undefined) throw badOption(option, secret, SECRET);
}
