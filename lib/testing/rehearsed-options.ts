import { checkDestinations } from '../options/check-destinations.js';
import { memory } from '../buffer/memory/memory.js';
import { isMissing } from '../config/check-credential.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Destination } from '../destinations/destination.js';
import { isObject } from '../event/json-values.js';
import type { TrackingModuleOptions } from '../options/module-options.js';
import type { FakeDestination } from './fake-destination.js';
import { standIn } from './stand-in.js';
import type { TestTrackingOptions } from './testing-options.js';
import { testingMessages } from './testing.messages.js';

const TEST_IDENTITY = { userId: 'test-user' };
/** Ids of keyed events are the same on every machine, whatever credentials it has. */
const TEST_NAMESPACE = 'test';
/** Replaces a secret that a machine without credentials lacks. */
const TEST_SECRET = 'the secret of a test, which hides nothing';

/**
 * An application's options for a test. Options that decide about events stay; those that reach outside of the process are replaced.
 *
 * @throws TrackingConfigError for invalid destinations, or a fake that replaces none of them
 */
export function rehearsedOptions(
  application: TrackingModuleOptions,
  test: TestTrackingOptions & { readonly destinations?: readonly FakeDestination[] | undefined },
): TrackingModuleOptions {
  // resolveOptions() rejects it.
  if (typeof application !== 'object' || application === null) return application;
  checkDestinations(application.destinations, false);
  const { dispatcher: _, ...options } = { ...application, ...test.options };
  return {
    ...options,
    namespace: options.namespace ?? TEST_NAMESPACE,
    buffer: test.buffer ?? memory(),
    destinations: rehearsed(application.destinations, test.destinations ?? []),
    identity: withTestIdentity(options.identity, test.identity),
    ...(options.hashIds !== undefined && { hashIds: withSecret(options.hashIds) }),
    enabled: test.enabled ?? true,
  };
}

type HashIds = NonNullable<TrackingModuleOptions['hashIds']>;

function withSecret(hashIds: HashIds): HashIds {
  // resolveOptions() rejects any other value.
  if (!isObject(hashIds)) return hashIds;
  return { ...hashIds, secret: isMissing(hashIds.secret) ? TEST_SECRET : hashIds.secret };
}

function rehearsed(real: readonly Destination[], fakes: readonly FakeDestination[]): Destination[] {
  const known = real.map(({ name }) => name);
  const unknown = fakes.map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new TrackingConfigError('destinations', testingMessages.unknownDestinations(unknown, known));
  }
  return real.map((destination) =>
    standIn(
      destination,
      fakes.find(({ name }) => name === destination.name),
    ),
  );
}

function withTestIdentity(
  identity: TrackingModuleOptions['identity'],
  given: TestTrackingOptions['identity'],
): TrackingModuleOptions['identity'] {
  if (given === null || given === false) return identity;
  const tester = given ?? TEST_IDENTITY;
  const fallback = identity?.fallback;
  if (fallback === undefined) return { ...identity, fallback: tester };
  if (typeof fallback !== 'function') return identity;
  return { ...identity, fallback: (source) => fallback(source) ?? tester };
}
