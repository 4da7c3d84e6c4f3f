import { accountOf } from '../account.js';
import type { Destination } from '../destination.js';
import { refusal } from './admission.js';
import { captureBatch } from './capture.js';
import { captureV1 } from './capture-v1.js';
import { fromPosthogCookie, fromPosthogHeaders } from './posthog-cookies.js';
import { posthogOptions, type PosthogOptions } from './posthog-options.js';
import { halfCharacter } from './posthog.messages.js';

const POSTHOG_HOSTS = { us: 'https://us.i.posthog.com', eu: 'https://eu.i.posthog.com' } as const;

/** One for all: several projects of one application read the same headers. */
const HEADERS = fromPosthogHeaders();

/**
 * Sends events to PostHog. Never throws; the module checks its options at start. See docs/posthog.md.
 *
 * With `capture: 'batch'`, PostHog answers 200 also to events that it drops later, so `delivered` proves only that it received
 * them. `capture: 'v1'` gets an outcome for each event. That API is not final (unconfirmed).
 */
export function posthog(options: PosthogOptions): Destination {
  const { values, members } = posthogOptions.read(options);
  const { apiKey = '', region, headers, gzip, join, groupType } = values;
  const host = values.host ?? (region === undefined ? '' : POSTHOG_HOSTS[region]);
  const account = accountOf({ name: members.name, url: host, keys: [apiKey], headers });
  const repaired = (): void => account.notice('normalised', 'half_character', halfCharacter);
  const target = {
    host,
    maxBytes: members.limits.maxBytes,
    apiKey,
    headers,
    gzip,
    join,
    groupType,
    repaired,
  };

  return {
    ...members,
    ...account.members,
    ...(values.capture === 'v1' ? captureV1(target) : captureBatch(target)),
    deduplication: { fields: ['uuid', 'name', 'distinct_id', 'day'], windowMs: null },
    resolvers: [fromPosthogCookie({ token: values.apiKey }), HEADERS],
    accept: (event) => refusal(event, groupType),
  };
}
