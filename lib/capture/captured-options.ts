import type { Id } from '../event/identity.js';
import type { Snapshot } from '../event/snapshot.js';

/** The members of `EventOptions` that a decorated method decides. */
export interface CapturedMembers {
  readonly userId?: Id | undefined;
  readonly anonymousId?: Id | undefined;
  readonly timestamp?: Date | number | undefined;
  readonly key?: Id | undefined;
  readonly destinations?: readonly string[] | undefined;
}

/**
 * Options that a decorated method hands to `track()`. They carry the source, and say that the identity is decided: when the
 * response has finished, the async context may be another request's. Both are private, so that a test's
 * `toHaveBeenCalledWith` sees plain options.
 */
export class CapturedOptions {
  declare readonly userId?: Id;
  declare readonly anonymousId?: Id;
  declare readonly timestamp?: Date | number;
  declare readonly key?: Id;
  declare readonly destinations?: readonly string[];
  readonly #source: string;
  #kept: Snapshot | undefined;

  constructor(source: string, { userId, anonymousId, timestamp, key, destinations }: CapturedMembers) {
    this.#source = source;
    if (userId !== undefined) this.userId = userId;
    if (anonymousId !== undefined) this.anonymousId = anonymousId;
    if (timestamp !== undefined) this.timestamp = timestamp;
    if (key !== undefined) this.key = key;
    if (destinations !== undefined) this.destinations = destinations;
  }

  /** Says that the properties which go with these options are ours already, so that nobody copies them again. */
  keep(properties: Snapshot): void {
    this.#kept = properties;
  }

  /** The source, when `options` came from a decorated method. */
  static sourceOf(options: object): string | undefined {
    return #source in options ? options.#source : undefined;
  }

  /** The copy that {@link keep} told of, if it is of these very properties. */
  static keptOf(options: object, properties: unknown): Snapshot | undefined {
    const kept = #source in options ? options.#kept : undefined;
    return kept?.value === properties ? kept : undefined;
  }
}
