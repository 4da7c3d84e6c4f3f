import { CapturedOptions } from '../capture/captured-options.js';
import { snapshot } from '../event/snapshot.js';
import { OversizeError } from '../event/unserialisable.js';
import type { Verdict } from './evaluate-options.js';

/**
 * Detaches a verdict from the application's objects: it may wait for the response, and what the handler returned is often
 * changed until then, by interceptors and serialisers.
 *
 * @param maxEventBytes what the door would refuse later need not be copied now
 */
export function keepUnchanged(verdict: Verdict, maxEventBytes = Number.MAX_SAFE_INTEGER): Verdict {
  if ('refused' in verdict) return verdict;
  const { properties, options } = verdict;
  try {
    const own = isShared(options) ? detach(options) : options;
    if (!isObject(properties)) return { properties, options: own };
    const kept = snapshot(properties, maxEventBytes);
    own.keep(kept);
    return { properties: kept.value, options: own };
  } catch (error) {
    return { refused: error instanceof OversizeError ? 'too_large' : 'unserialisable', error, options };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isShared({ timestamp, destinations }: CapturedOptions): boolean {
  return typeof timestamp === 'object' || Array.isArray(destinations);
}

function detach(options: CapturedOptions): CapturedOptions {
  const { userId, anonymousId, key, timestamp, destinations, groups, person } = options;
  return new CapturedOptions(CapturedOptions.originOf(options) ?? '', {
    userId,
    anonymousId,
    key,
    groups,
    person,
    timestamp: timestamp instanceof Date ? new Date(timestamp) : timestamp,
    destinations: Array.isArray(destinations) ? [...(destinations as readonly string[])] : destinations,
  });
}
