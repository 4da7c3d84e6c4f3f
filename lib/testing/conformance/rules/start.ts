import type { Destination } from '../../../destinations/destination.js';
import type { DestinationOptions } from '../../../destinations/destination-options.js';
import { TrackingConfigError } from '../../../config/tracking-config.error.js';
import { memory } from '../../../buffer/memory/memory.js';
import { guarded } from '../../../host/guarded.js';
import type { TrackingModuleOptions } from '../../../options/module-options.js';
import { resolveOptions } from '../../../options/resolve-options.js';
import { playedDispatcher } from '../../../destinations/played-dispatcher.js';
import { rehearsedOptions } from '../../rehearsed-options.js';
import { observedDestination } from '../../observed-destination.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { PlayedLane } from '../played-lane.js';
import { allTypes, giveAll } from '../sample-events.js';
import type { Subject } from '../subject.js';
import { broken, orBroken } from '../untrusted-code.js';
import { VirtualTracking } from '../virtual-tracking.js';

const SHARED = {
  name: 'conformance-name',
  concurrency: 3,
  timeoutMs: 4_321,
  allowProperties: ['plan'],
  map: { properties: { revenue: 'value' } },
} as const;
const MAX_DELAY_MS = 321;

/** It starts with its credentials, and not without them. */
function start(setup: Subject): void {
  const real = setup.create({}, true);
  orBroken(() => resolveOptions({ destinations: [real] }), conformanceMessages.doesNotStart);
  if ((setup.secrets ?? []).length === 0) return;
  const bare = made(setup);
  if (bare === undefined) return;
  try {
    resolveOptions({ destinations: [bare] });
  } catch (error) {
    if (error instanceof TrackingConfigError) return;
    throw broken(conformanceMessages.notAConfigError, error);
  }
  throw new Error(conformanceMessages.startsWithoutCredentials());
}

/** With `enabled: false` it starts without its credentials, and sends nothing. */
async function disabled(setup: Subject): Promise<void> {
  const bare = orBroken(() => setup.create({}, false), conformanceMessages.factoryThrows);
  let sent = 0;
  const dispatcher = playedDispatcher((request) => {
    sent++;
    request.end({ status: 200 });
  });
  const tracking = orBroken(() => {
    const destinations = [observedDestination(bare, { dispatcher, allowPrivateHosts: true })];
    return started({ destinations, enabled: false });
  }, conformanceMessages.notDisabled);
  giveAll(tracking.service);
  await tracking.close();
  if (sent > 0) throw new Error(conformanceMessages.sendsDisabled());
}

/** The test kit runs it without its credentials, and it decides about events as in production. */
async function rehearsed(setup: Subject): Promise<void> {
  const bare = made(setup);
  if (bare === undefined || !mayBeDisabled(bare)) return;
  const tracking = started(rehearsedOptions({ destinations: [bare], buffer: memory() }, {}));
  const real = new Encoder(setup);
  const events = allTypes();
  for (const event of events) {
    const inTest = giveAll(tracking.service, [event]).length > 0;
    const inProduction = real.admitted(event) !== undefined;
    if (inTest === inProduction) continue;
    throw new Error(conformanceMessages.decidesByCredentials(event.type, inTest));
  }
  await tracking.close();
  const { pending, dead, accepted, delivered } = tracking.service.stats().lanes[bare.name]!;
  if (pending + dead > 0 || accepted !== delivered) {
    throw new Error(conformanceMessages.notRehearsed(accepted, delivered));
  }
}

/** It uses the options that every destination has. */
async function options(setup: Subject): Promise<void> {
  const dispatcher = playedDispatcher((request) => request.end({ status: 200 }));
  const batch = { maxEvents: 1, maxDelayMs: MAX_DELAY_MS };
  const given: DestinationOptions = { ...SHARED, dispatcher, batch };
  const real = setup.create(given, true);
  const lost = (['name', 'concurrency', 'timeoutMs', 'allowProperties', 'map', 'dispatcher'] as const).filter(
    (name) => real[name] !== given[name] && JSON.stringify(real[name]) !== JSON.stringify(given[name]),
  );
  const isBatchLost = real.batch?.maxEvents !== 1 || real.batch.maxDelayMs !== MAX_DELAY_MS;
  const names = [...lost, ...(isBatchLost ? ['batch'] : [])];
  if (names.length > 0) throw new Error(conformanceMessages.optionsLost(names));
  const lane = new PlayedLane(real, () => ({ status: 200 }));
  const removed = { plan: 'gold', removed: 'removed-by-the-application' };
  giveAll(
    lane.service,
    allTypes().map((event) => ({ ...event, properties: event.type === 'alias' ? {} : removed })),
  );
  await lane.until(() => lane.stats.attempts > 0, 60_000);
  await lane.close();
  if (lane.requests.some(({ url, body }) => `${url}\n${body}`.includes(removed.removed))) {
    throw new Error(conformanceMessages.removedSent());
  }
}

export const START_RULES = { start, disabled, rehearsed, options };

/** Without credentials; undefined if the factory throws, which the rule `disabled` reports. */
function made(setup: Subject): Destination | undefined {
  return guarded(() => setup.create({}, false));
}

function mayBeDisabled(bare: Destination): boolean {
  return guarded(() => resolveOptions({ destinations: [bare], enabled: false })) !== undefined;
}

function started(options: TrackingModuleOptions): VirtualTracking {
  return new VirtualTracking({ ...resolveOptions(options), namespace: 'conformance' });
}
