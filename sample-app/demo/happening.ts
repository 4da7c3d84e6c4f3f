import type { Platform } from './settings.js';

/** Ids of one person by platform: a visitor has another one at each, as each browser library makes its own. */
export type Person = Readonly<Record<Platform, string>>;

/** A customer has the same id everywhere. */
export function customer(id: string): Person {
  return { kissmetrics: id, posthog: id };
}

/** An event, known from the shop's answer to the shopper. */
export interface Happening {
  readonly person: Person;
  readonly name: string;
  /** It happened between these, in epoch milliseconds; both are equal where the record has the exact time. */
  readonly from: number;
  readonly until: number;
  /** For an alias: the other id. */
  readonly otherId?: string;
}

/** The request behind it, in epoch milliseconds. */
export interface Call {
  readonly asked: number;
  readonly answered: number;
  /** The shop answered after the commit, or after the commit timeout: `record()`, `durable`. */
  readonly waited?: boolean;
}

/** An event that the audit looks for at a platform. */
export interface Expected extends Happening {
  /** When the shop had answered, epoch milliseconds; undefined where it was killed before. */
  readonly answered: number | undefined;
  /** Why it may be missing; undefined where it must arrive. */
  readonly unsure: 'cut off' | 'unwritten' | undefined;
}

export const ALIASES = 'alias';
export const PROPERTIES = 'identify, group';
/** For operations whose time does not matter. */
export const ANY_TIME = { from: 0, until: Number.MAX_SAFE_INTEGER };
