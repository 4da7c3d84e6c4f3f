import { isMissing } from '../config/check-credential.js';
import type { Destination } from '../destinations/destination.js';
import type { FakeDestination } from './fake-destination.js';
import { playedDispatcher } from '../destinations/played-dispatcher.js';

const takesEverything = playedDispatcher((request) => request.end({ status: 200 }));
const NOTHING = { method: 'POST', url: 'http://stand-in.invalid/' } as const;

/**
 * A destination of the application, cut off from its platform: what it takes, declines and reads from requests is the real
 * one's, and whatever it sends is received at once, or by the fake that a test has put there.
 */
export function standIn(real: Destination, fake: FakeDestination | undefined): Destination {
  const {
    limits,
    batch,
    concurrency,
    timeoutMs,
    maxAgeMs,
    resolvers,
    kind,
    account,
    secrets,
    allowProperties,
    map,
    purpose,
    needs,
  } = real;
  const given = (text: string): boolean => !isMissing(text);
  return {
    ...real,
    // Named, because a destination of the application's own may have them from its class.
    name: real.name,
    ...definedOnly({
      limits,
      concurrency,
      timeoutMs,
      maxAgeMs,
      resolvers,
      kind,
      // A machine of a test may lack any of them.
      account: account?.map((text) => (given(text) ? text : '')),
      credentials: [],
      secrets: secrets?.filter(given),
      allowProperties,
      map,
      purpose,
      needs,
    }),
    // Nothing waits for company where nobody looks at batches.
    batch: fake === undefined ? { ...batch, maxDelayMs: 0 } : { ...batch },
    ...(real.accept !== undefined && { accept: real.accept.bind(real) }),
    ...(real.explain !== undefined && { explain: real.explain.bind(real) }),
    open: (setup) =>
      real.open?.({
        // There are no credentials, and none are sent.
        notice: (notice, ...about) => {
          if (notice !== 'unusual_credential' && notice !== 'plain_http') setup.notice(notice, ...about);
        },
      }),
    check: () => undefined,
    // No connection is made.
    allowPrivateHosts: true,
    ...(fake === undefined
      ? { encode: () => NOTHING, decode: () => undefined, dispatcher: takesEverything }
      : {
          encode: fake.encode.bind(fake),
          decode: (answer, events) => fake.decode?.(answer, events),
          dispatcher: fake.dispatcher!,
        }),
  };
}

/** A destination for tests that have none. */
export function plainStandIn(name: string): Destination {
  return standIn({ name, encode: () => NOTHING }, undefined);
}

function definedOnly<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
