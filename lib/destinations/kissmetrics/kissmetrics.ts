import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf, shownName } from '../account.js';
import type { Admission, Destination } from '../destination.js';
import { personOf, refusal, secondOf, shiftedSecond } from './admission.js';
import { FreeSeconds, TakenSeconds } from './seconds.js';
import { fromKissmetricsCookies } from './kissmetrics-cookies.js';
import { USUAL_KEY } from './kissmetrics-limits.js';
import { kissmetricsOptions, type KissmetricsOptions } from './kissmetrics-options.js';
import {
  collision,
  collisionShifted,
  eventNameNormalised,
  propertyNormalised,
  unusualKey,
  type Change,
} from './kissmetrics.messages.js';
import { eventName, percentEncode } from './names.js';
import { operation } from './request.js';

/** One for all: several products of one application read the same cookies. */
const COOKIES = fromKissmetricsCookies();
const SILENT = (): void => {};

/**
 * Sends events to KISSmetrics. Never throws; the module checks its options at start.
 *
 * The platform answers 200 to every request, so `delivered` proves only that it received the event. An event that it
 * would not understand is declined, or normalised with a notice of each change.
 */
export function kissmetrics(options: KissmetricsOptions): Destination {
  const { values, members } = kissmetricsOptions.read(options);
  const { endpoint, method, headers, spreadCollisions, pipelining } = values;
  const { name } = members;
  const key = values.apiKey ?? '';
  const target = {
    endpoint,
    method,
    key: percentEncode(key),
    headers: Object.keys(headers).length > 0 ? headers : undefined,
  };
  const free = spreadCollisions ? new FreeSeconds() : undefined;
  const taken = new TakenSeconds();
  const account = accountOf({ name, url: endpoint, keys: [key], headers });

  const normalised = (event: string, property: string, change: Change): void => {
    const shown = shownName(property);
    account.notice('normalised', `${event}.${shown}: ${change}`, () =>
      propertyNormalised(name, event, shown, change),
    );
  };
  const reportName = (event: string): void => {
    for (const change of eventName(event).changes) {
      const shown = shownName(event);
      account.notice('normalised', `${shown}: ${change}`, () => eventNameNormalised(name, shown, change));
    }
  };
  const placed = (event: TrackingEvent): Admission => {
    if (event.type !== 'track') return undefined;
    const second = free && shiftedSecond(event, free);
    const { folded } = eventName(event.name);
    if (taken.take(personOf(event)!, folded, second ?? secondOf(event), event.id)) {
      account.notice('collision', event.name, () => collision(name, event.name));
    }
    if (second === undefined) return undefined;
    account.notice('collision_shifted', event.name, () => collisionShifted(name, event.name));
    return { note: second };
  };

  return {
    ...members,
    ...account.members,
    pipelining,
    acknowledgement: 'received',
    deduplication: { fields: ['person', 'name', 'second'], windowMs: null },
    resolvers: [COOKIES],

    open(given) {
      account.members.open(given);
      if (!USUAL_KEY.test(key)) {
        given.notice('unusual_credential', 'apiKey', () => unusualKey(name, key.length));
      }
    },

    accept(event) {
      return refusal(event) ?? placed(event);
    },

    encode(batch, attempt) {
      const [first] = batch;
      // Never reached with these limits; a second event would vanish without a trace.
      if (first === undefined || batch.length > 1)
        throw new RangeError('KISSmetrics takes one event per request');
      const { event } = first;
      // Changes are reported on the first attempt only.
      if (attempt.number > 1) return operation(target, first, SILENT);
      if (event.type === 'track') reportName(event.name);
      return operation(target, first, (change, property) => normalised(event.name, property, change));
    },

    // Not modified: the vendor's Android client counts it as delivered. Everything else is as its status says.
    decode: ({ status }) => (status === 304 ? 'delivered' : undefined),
  };
}
