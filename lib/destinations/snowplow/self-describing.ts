import { types } from 'node:util';
import { badOption } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { isObject } from '../../event/json-values.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import { option, type Option } from '../../config/option.js';
import { contextsAreAsync } from './snowplow.messages.js';

/** Data with the Iglu URI of its schema, such as `iglu:com.example/company/jsonschema/1-0-0`. */
export interface SelfDescribingJson {
  readonly schema: string;
  readonly data: object;
}

/** Returns the entities of an event. Synchronous, and the same for the same event: it runs again for every attempt. */
export type SnowplowContexts = (event: TrackingEvent) => readonly SelfDescribingJson[] | undefined;

const IGLU_URI = /^iglu:[\w.-]+\/[\w-]+\/[\w-]+\/[1-9]\d*-\d+-\d+$/;
const EXAMPLE = 'iglu:com.example/order_completed/jsonschema/1-0-0';
const EXPECTED = `an object of event names with Iglu URIs, such as { 'Order Completed': '${EXAMPLE}' }`;

export function schemas(): Option<Readonly<Record<string, string>>> {
  return option('object', EXPECTED, (path, value) => {
    if (!isObject(value)) throw badOption(path, value, EXPECTED);
    for (const [name, uri] of Object.entries(value)) {
      if (typeof uri === 'string' && IGLU_URI.test(uri)) continue;
      throw badOption(`${path}['${name}']`, uri, `an Iglu URI with a whole version, such as ${EXAMPLE}`);
    }
  });
}

/**
 * The entities of an event, checked: a wrong one would make a bad row of the event.
 *
 * @throws TrackingConfigError for a promise, so that no event is lost; TypeError for entities that are none
 */
export function entitiesOf(contexts: SnowplowContexts, event: TrackingEvent): readonly SelfDescribingJson[] {
  const given: unknown = contexts(event);
  if (given === undefined) return [];
  if (types.isPromise(given)) {
    disown(given);
    throw new TrackingConfigError('contexts()', contextsAreAsync());
  }
  if (!Array.isArray(given)) throw new TypeError('contexts() returned no array');
  for (const each of given as readonly unknown[]) {
    const { schema, data } = Object(each) as Partial<Record<keyof SelfDescribingJson, unknown>>;
    if (typeof schema === 'string' && IGLU_URI.test(schema) && typeof data === 'object' && data !== null)
      continue;
    throw new TypeError('contexts() returned an entity without an Iglu URI, or without data');
  }
  return given as readonly SelfDescribingJson[];
}
