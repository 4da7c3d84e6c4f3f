import type { TrackingEvent } from '../../event/tracking-event.js';
import { accountOf, reportProperty, shownName, type ReportChange } from '../account.js';
import type { Admission, Destination } from '../destination.js';
import { personOf, refusal, secondOf, shiftedSecond } from './admission.js';
import { FreeSeconds, TakenSeconds } from './seconds.js';
import { fromKissmetricsCookies } from './kissmetrics-cookies.js';
import { kissmetricsOptions, type KissmetricsOptions } from './kissmetrics-options.js';
import {
  collision,
  collisionShifted,
  eventNameNormalised,
  propertyNormalised,
  unusualKey,
} from './kissmetrics.messages.js';
import { eventName, percentEncode } from './names.js';
import { operation } from './request.js';

/** Product keys are about 40 hex characters (third parties; unconfirmed), so another shape warns and is still used. */
const USUAL_KEY = /^[0-9a-f]{40}$/i;

/** One for all: several products of one application read the same cookies. */
const COOKIES = fromKissmetricsCookies();

/**
 * Sends events to KISSmetrics. Never throws; the module checks its options at start.
 *
 * The platform answers 200 to every request, so `delivered` proves only that it received the event. An event that it
 * would not understand is declined, or normalised with a notice of each change.
 */
export function kissmetrics(options: KissmetricsOptions): Destination {
  const { values, members } = kissmetricsOptions.read(options);
  const { endpoint, method, headers, spreadCollisions, pipelining } = values;
  const key = values.apiKey ?? '';
  const target = {
    endpoint,
    method,
    key: percentEncode(key),
    headers: Object.keys(headers).length > 0 ? headers : undefined,
  };
  const free = spreadCollisions ? new FreeSeconds() : undefined;
  const taken = new TakenSeconds();
  const account = accountOf({ name: members.name, url: endpoint, keys: [key], headers });

  const placed = (event: TrackingEvent): Admission => {
    if (event.type !== 'track') return undefined;
    const second = free && shiftedSecond(event, free);
    const { folded } = eventName(event.name);
    if (taken.take(personOf(event)!, folded, second ?? secondOf(event), event.id)) {
      account.notice('collision', event.name, (destination) => collision(destination, event.name));
    }
    if (second === undefined) return undefined;
    account.notice('collision_shifted', event.name, (destination) =>
      collisionShifted(destination, event.name),
    );
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
        given.notice('unusual_credential', 'apiKey', () => unusualKey(members.name, key.length));
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
      const report = account.changesOf(attempt);
      if (event.type === 'track') reportName(event.name, report);
      return operation(target, first, (change, property) =>
        reportProperty(report, event.name, property, change, propertyNormalised),
      );
    },

    // Not modified: the vendor's Android client counts it as delivered. Everything else is as its status says.
    decode: ({ status }) => (status === 304 ? 'delivered' : undefined),
  };
}

function reportName(event: string, report: ReportChange): void {
  const shown = shownName(event);
  for (const change of eventName(event).changes) {
    report(`${shown}: ${change}`, (destination) => eventNameNormalised(destination, shown, change));
  }
}
