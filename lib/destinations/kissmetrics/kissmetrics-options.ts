import { checkPresent, isMissing } from '../../config/check-credential.js';
import { badChoice, badOption, checkCount, checkFlag, checkUrl } from '../../config/check-option.js';
import { checkDestination, checkNoUserInfo } from '../check-destination.js';
import type { DestinationOptions } from '../destination.js';
import { KISSMETRICS_LIMITS } from './kissmetrics-limits.js';

/** Options of `kissmetrics()`. */
export interface KissmetricsOptions extends DestinationOptions {
  /** The product's API key, from its settings. It can only write, but anybody who has it can write: keep it secret. */
  readonly apiKey: string | undefined;
  /**
   * Base URL of the tracking API; `/e`, `/s` and `/a` are added to it. Default `https://trk.kissmetrics.io`. No other
   * region is documented (unconfirmed).
   */
  readonly endpoint?: string | undefined;
  /**
   * Default `POST`, which keeps key and person out of URLs, and so out of the logs of proxies. With `GET`, what would make
   * a URL of more than 2,000 characters still goes as `POST`, because the host closes the connection on long ones.
   */
  readonly method?: 'POST' | 'GET' | undefined;
  /**
   * KISSmetrics counts one event per person, name and second; each further one is delivered and not counted (notice
   * `collision`). True: an event without a key gets the next free second, fixed when it is accepted (notice
   * `collision_shifted`). An event with an idempotency key keeps its second, because the same key must give the same event
   * after a restart: two keyed orders of one person in one second are counted once even so. Give each the `timestamp` of its
   * own record. Works within one process. Default false.
   */
  readonly spreadCollisions?: boolean | undefined;
  /**
   * Requests that share a socket at the same time. Default 4, so that 32 in flight need 8 sockets. Support of the host
   * for pipelined requests is unconfirmed; with 1, each request has its own socket.
   */
  readonly pipelining?: number | undefined;
}

const OWN_OPTIONS = ['apiKey', 'endpoint', 'method', 'spreadCollisions', 'pipelining'];
const MAX_PIPELINING = 64;
const KEY = 'the key of your KISSmetrics product, a non-empty string';

/** Checks the options at start. @throws TrackingConfigError */
export function checkKissmetricsOptions(path: string, given: unknown, credentials: boolean): void {
  const options = checkDestination(path, given, {
    own: OWN_OPTIONS,
    limits: KISSMETRICS_LIMITS,
    credentials,
  });
  checkKey(`${path}.apiKey`, options['apiKey'], credentials);
  checkEndpoint(`${path}.endpoint`, options['endpoint'], credentials);
  checkFlag(`${path}.spreadCollisions`, options['spreadCollisions']);
  checkCount(`${path}.pipelining`, options['pipelining'], 1, MAX_PIPELINING);
  const method = options['method'];
  if (method !== undefined && method !== 'POST' && method !== 'GET') {
    throw badChoice(`${path}.method`, method, "'POST' or 'GET'");
  }
}

/** A wrong key is answered with 200 like a right one, so a broken one must not get as far as the first request. */
function checkKey(option: string, key: unknown, credentials: boolean): void {
  if (!credentials && isMissing(key)) return;
  checkPresent(option, key, KEY);
  if (typeof key !== 'string') throw badOption(option, key, KEY);
  if (/\s/.test(key)) {
    throw badOption(
      option,
      key,
      'the key without spaces or line breaks; look at how the environment variable is set',
    );
  }
}

function checkEndpoint(option: string, endpoint: unknown, credentials: boolean): void {
  if (endpoint === undefined || (!credentials && isMissing(endpoint))) return;
  checkPresent(
    option,
    endpoint,
    'an absolute http:// or https:// URL, or the option left out for the default',
  );
  checkUrl(option, endpoint);
  checkNoUserInfo(option, endpoint as string, 'KISSmetrics takes the key from `apiKey` only');
  const { search, hash } = new URL(endpoint as string);
  if (search !== '' || hash !== '') {
    throw badOption(option, endpoint, 'a URL without `?` and `#`, to which /e, /s and /a can be added');
  }
}
