/** A part of a list, newest first. */
export interface Listing<T> {
  readonly found: readonly T[];
  /** The search continues below this number; null: all stored items were searched. */
  readonly next: number | null;
}

interface Item {
  readonly number: number;
  readonly bytes: number;
}

interface ListOptions<T> {
  readonly limit: number;
  readonly after?: number | undefined;
  /** Whether the selection reads whole items. */
  readonly reads: boolean;
  /** Bytes of an item in the answer; default: all. */
  readonly rowBytes?: (item: T) => number;
}

/** Limits of one call. */
const MAX_BYTES = 8_000_000;

/**
 * Selects items up to a limit, with bounded work for one call: a search reads a limited number of bytes, and so does
 * a list. `next` is the position at which the next call continues.
 */
export function list<T extends Item>(
  newest: Iterable<T>,
  { limit, after = 0, reads, rowBytes }: ListOptions<T>,
  isWanted: (item: T) => boolean,
): Listing<T> {
  const found: T[] = [];
  let bytes = 0;
  for (const item of newest) {
    if (item.number <= after) break;
    if (found.length >= limit || bytes >= MAX_BYTES) return { found, next: item.number + 1 };
    const isFound = isWanted(item);
    if (isFound) found.push(item);
    if (reads) bytes += item.bytes;
    else if (isFound) bytes += rowBytes?.(item) ?? item.bytes;
  }
  return { found, next: null };
}
