import { TrackingConfigError } from '../config/tracking-config.error.js';
import { epochMs } from '../event/event-time.js';
import { isObject } from '../event/json-values.js';
import { kindOf } from '../event/kind-of.js';
import { normaliseId } from '../identity/normalise-identity.js';
import { badTrackOption, unknownTrackOption } from './decorator.messages.js';

const MAX_SOURCE = 200;

const SHAPES: Record<string, { wants: string; fits(value: unknown): boolean }> = {
  properties: { wants: 'an object or a function', fits: (value) => isFunction(value) || isObject(value) },
  key: {
    wants: 'a non-empty string, a number, a bigint or a function',
    fits: (value) => isFunction(value) || normaliseId(value) !== undefined,
  },
  user: {
    wants: 'an object with userId or anonymousId, or a function',
    fits: (value) => isFunction(value) || isObject(value),
  },
  timestamp: {
    wants: 'a valid Date, epoch milliseconds, RFC 3339 text or a function',
    fits: (value) => isFunction(value) || !Number.isNaN(epochMs(value)),
  },
  when: { wants: 'a function', fits: isFunction },
  durable: { wants: 'true or false', fits: (value) => typeof value === 'boolean' },
  source: {
    wants: `a non-empty string of at most ${MAX_SOURCE} characters`,
    fits: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= MAX_SOURCE,
  },
  groups: {
    wants: "an object of ids by type, such as { company: 'acme' }, or a function",
    fits: (value) => isFunction(value) || isObject(value),
  },
  person: {
    wants: 'an object such as { email }, or a function',
    fits: (value) => value === null || isFunction(value) || isObject(value),
  },
  destinations: {
    wants: 'an array of destination names or a function',
    fits: (value) =>
      isFunction(value) ||
      (Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')),
  },
};

/**
 * Throws for a decorator that cannot work, while the class is being defined.
 *
 * @param place the decorated method, such as `OrdersController.create`
 */
export function checkTrackOptions(place: string, name: unknown, options: unknown): void {
  if (typeof name !== 'string' || name.trim() === '') refuse(place, '', name, 'a non-empty string');
  if (!isObject(options)) refuse(place, 'options', options, 'an object');
  for (const [option, value] of Object.entries(options as object)) {
    const shape = Object.hasOwn(SHAPES, option) ? SHAPES[option] : undefined;
    if (shape === undefined) {
      throw new TrackingConfigError(option, unknownTrackOption(place, option, Object.keys(SHAPES)));
    }
    if (value !== undefined && !shape.fits(value)) refuse(place, option, value, shape.wants);
  }
}

function refuse(place: string, option: string, got: unknown, wants: string): never {
  throw new TrackingConfigError(
    option === '' ? 'name' : option,
    badTrackOption(place, option, seenAs(got), wants),
  );
}

/** Never the content. */
function seenAs(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'an array with something else';
  return typeof value === 'string' && value.trim() === '' ? 'an empty string' : kindOf(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
