import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { webhookOptions } from '../../lib/destinations/webhook/webhook-options.js';
import { mixpanel } from '../../lib/destinations/mixpanel/mixpanel.js';
import { mixpanelOptions } from '../../lib/destinations/mixpanel/mixpanel-options.js';
import { kissmetricsOptions } from '../../lib/destinations/kissmetrics/kissmetrics-options.js';
import { consoleOptions } from '../../lib/destinations/console/console-options.js';
import { sharedOptions } from '../../lib/destinations/destination-options.js';
import { console as consoleDestination, kissmetrics, webhook } from '../../lib/index.js';
import type { Destination } from '../../lib/index.js';

const SECRET = 'sesame-0pen-7';
const fail = (): never => {
  throw new Error(SECRET);
};
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    SECRET,
    `${SECRET}\n`,
    `https://user:${SECRET}@x.example`,
    Symbol(SECRET),
    () => SECRET,
    [SECRET],
    { [SECRET]: SECRET },
    { authorization: `${SECRET}\n` },
    { source: `${SECRET} <` },
    { events: { a: `${SECRET}\n`, b: 1 } },
    { maxEvents: SECRET },
    new Map([[SECRET, 1]]),
    new Proxy({}, { get: fail, ownKeys: fail }),
    Object.defineProperty({}, 'url', { get: fail, enumerable: true }),
  ),
  fc.anything(),
);
const shared = Object.keys(
  sharedOptions({ kind: 'x', limits: { maxEvents: 1, maxBytes: 1, maxEventBytes: 1 } }),
);

test.each<[string, (options: never) => Destination, object, string[]]>([
  ['webhook', webhook, { url: 'https://x.example/in' }, Object.keys(webhookOptions.own)],
  ['kissmetrics', kissmetrics, { apiKey: 'a'.repeat(40) }, Object.keys(kissmetricsOptions.own)],
  ['mixpanel', mixpanel, { token: 'a'.repeat(32), region: 'us' }, Object.keys(mixpanelOptions.own)],
  ['console', consoleDestination, {}, Object.keys(consoleOptions.own)],
])('whatever an option of %s() is, only a check at start fails, and shows no value', (_, make, base, own) => {
  const checked = (options: unknown, credentials: boolean): unknown => {
    const destination = make(options as never);
    try {
      destination.check?.('destinations[0]', credentials);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const isFine = (error: unknown): void => {
    if (error === undefined) return;
    expect(error).toBeInstanceOf(TrackingConfigError);
    expect(`${(error as Error).message} ${JSON.stringify(error)}`).not.toContain(SECRET);
  };
  fc.assert(
    fc.property(fc.constantFrom(...shared, ...own), odd, fc.boolean(), (name, value, credentials) => {
      isFine(checked({ ...base, [name]: value }, credentials));
      isFine(checked(value, credentials));
    }),
    { numRuns: 1_000 },
  );
});
