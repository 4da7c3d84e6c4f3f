import type { TrackingEvent } from '../../event/tracking-event.js';
import { shownName } from '../shown-name.js';
import type { Admission, Destination, DestinationSetup } from '../destination.js';
import { headerSecrets } from '../own-headers.js';
import { warnOfPlainHttp } from '../plain-http.js';
import { urlSecrets } from '../url-secrets.js';
import { personOf, refusal, secondOf, shiftedSecond } from './admission.js';
import { FreeSeconds } from './free-seconds.js';
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
import { eventName } from './names.js';
import { percentEncode } from './percent-encode.js';
import { TakenSeconds } from './taken-seconds.js';
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
  let setup: DestinationSetup | undefined;

  const normalised = (event: string, property: string, change: Change): void => {
    const shown = shownName(property);
    setup?.notice('normalised', `${event}.${shown}: ${change}`, () =>
      propertyNormalised(name, event, shown, change),
    );
  };
  const reportName = (event: string): void => {
    for (const change of eventName(event).changes) {
      const shown = shownName(event);
      setup?.notice('normalised', `${shown}: ${change}`, () => eventNameNormalised(name, shown, change));
    }
  };
  const placed = (event: TrackingEvent): Admission => {
    if (event.type !== 'track') return undefined;
    const second = free && shiftedSecond(event, free);
    const { folded } = eventName(event.name);
    if (taken.take(personOf(event)!, folded, second ?? secondOf(event), event.id)) {
      setup?.notice('collision', event.name, () => collision(name, event.name));
    }
    if (second === undefined) return undefined;
    setup?.notice('collision_shifted', event.name, () => collisionShifted(name, event.name));
    return { note: second };
  };

  return {
    ...members,
    account: [endpoint.replace(/^https?:\/\//, ''), key],
    credentials: [headers['authorization']].filter((value) => value !== undefined),
    secrets: [...(key === '' ? [] : [key]), ...headerSecrets(headers), ...urlSecrets(endpoint)],
    pipelining,
    acknowledgement: 'received',
    deduplication: { fields: ['person', 'name', 'second'], windowMs: null },
    resolvers: [COOKIES],

    open(given) {
      setup = given;
      warnOfPlainHttp(given, name, endpoint, [key]);
      if (!USUAL_KEY.test(key))
        given.notice('unusual_credential', 'apiKey', () => unusualKey(name, key.length));
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
