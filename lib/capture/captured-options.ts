import type { Id } from '../event/identity.js';

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

  constructor(source: string, members: CapturedMembers) {
    this.#source = source;
    for (const [name, value] of Object.entries(members)) {
      if (value !== undefined) Object.assign(this, { [name]: value });
    }
  }

  /** The source, when `options` came from a decorated method. */
  static sourceOf(options: object): string | undefined {
    return #source in options ? options.#source : undefined;
  }
}
