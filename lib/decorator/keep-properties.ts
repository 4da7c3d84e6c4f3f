import { snapshot } from '../event/snapshot.js';
import { OversizeError } from '../event/unserialisable.js';
import type { Evaluated } from './evaluate-options.js';

/**
 * Copies the properties of an event that waits for the response. Until then, interceptors and serialisers often change the
 * handler's result.
 *
 * @param maxEventBytes the copy ends at this size, because the event would be rejected
 */
export function keepProperties(evaluated: Evaluated, maxEventBytes = Number.MAX_SAFE_INTEGER): Evaluated {
  if ('refused' in evaluated) return evaluated;
  const { properties, options } = evaluated;
  if (typeof properties !== 'object' || properties === null) return evaluated;
  try {
    const kept = snapshot(properties, maxEventBytes);
    options.keep(kept);
    return { properties: kept.value, options };
  } catch (error) {
    return { refused: error instanceof OversizeError ? 'too_large' : 'unserialisable', error, options };
  }
}
