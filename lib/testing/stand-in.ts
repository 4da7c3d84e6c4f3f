import { isMissing } from '../config/check-credential.js';
import type { Destination } from '../destinations/destination.js';
import { playedDispatcher } from '../destinations/played-dispatcher.js';
import type { FakeDestination } from './fake-destination.js';
import { observedDestination } from './observed-destination.js';

/** A platform that accepts every request. */
const ACCEPTING: Pick<Destination, 'encode' | 'decode' | 'dispatcher'> = {
  encode: () => ({ method: 'POST', url: 'http://stand-in.invalid/' }),
  decode: () => undefined,
  dispatcher: playedDispatcher((request) => request.end({ status: 200 })),
};

/**
 * A destination of the application without its platform. It decides about events as the real one, and its requests go to a fake
 * platform, or to one that accepts everything.
 */
export function standIn(real: Destination, fake: FakeDestination | undefined): Destination {
  const { account, secrets, batch } = real;
  return observedDestination(real, {
    ...platformOf(fake),
    // A machine of a test may have no credentials.
    ...(account !== undefined && { account: account.map((text) => (isMissing(text) ? '' : text)) }),
    ...(secrets !== undefined && { secrets: secrets.filter((text) => !isMissing(text)) }),
    credentials: [],
    check: () => undefined,
    open: (setup) =>
      real.open?.({
        notice(notice, ...about) {
          if (notice !== 'unusual_credential' && notice !== 'plain_http') setup.notice(notice, ...about);
        },
      }),
    // Without a fake, no test looks at batches.
    batch: fake === undefined ? { ...batch, maxDelayMs: 0 } : { ...batch },
    // No connection is made.
    allowPrivateHosts: true,
  });
}

export function plainStandIn(name: string): Destination {
  return standIn({ name, ...ACCEPTING }, undefined);
}

function platformOf(fake: FakeDestination | undefined): typeof ACCEPTING {
  if (fake === undefined) return ACCEPTING;
  return {
    encode: fake.encode.bind(fake),
    decode: (answer, events) => fake.decode?.(answer, events),
    dispatcher: fake.dispatcher,
  };
}
