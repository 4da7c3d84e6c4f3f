import { CollectorError } from './collector-error.js';
import { unknownPlatforms } from './collector.messages.js';
import type { CollectorPlatform } from './platform.js';

/** The platforms with the given names, in their own order; all without names. @throws CollectorError for an unknown name */
export function chosenPlatforms(
  all: readonly CollectorPlatform[],
  names: readonly string[] | undefined,
): readonly CollectorPlatform[] {
  if (names === undefined) return all;
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  const chosen = all.filter(({ name }) => wanted.delete(name.toLowerCase()));
  if (wanted.size > 0 || chosen.length === 0)
    throw new CollectorError(
      unknownPlatforms(
        [...wanted],
        all.map(({ name }) => name),
      ),
    );
  return chosen;
}
