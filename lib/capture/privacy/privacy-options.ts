import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Redact } from '../redaction.js';

/**
 * Returns a text with `replacement` in place of each match, and the same text without a match. Synchronous. If it
 * throws, the event is rejected (`redact_error`).
 */
export type TextPattern = (text: string, replacement: string) => string;

/** Rules that remove data from a copy of every event, before it is buffered or written to disk. */
export interface RedactionRules {
  /**
   * Members by their path: `properties.customer.email`, `context.ip`, `properties.items.*.note`. `*` is any member or
   * element; a number is one element of an array; a path that continues after an array without either applies to each
   * element. A group (`groups.company`) is always removed, never replaced.
   */
  readonly paths?: readonly string[] | undefined;
  /** Members by their name, anywhere in properties, context and groups, such as `/password|secret/i`. */
  readonly keys?: readonly RegExp[] | undefined;
  /**
   * Parts of texts by patterns, anywhere in properties and context, including the names of members, and in the event's
   * name. An integer is matched by its digits, and replaced as a whole. Ready-made: `emailAddresses`,
   * `paymentCardNumbers`. Flags `g` and `y` make no difference.
   */
  readonly values?: readonly (RegExp | TextPattern)[] | undefined;
  /** The text that replaces a match. Default `[redacted]`. */
  readonly replacement?: string | undefined;
  /**
   * True: members are removed (elements of arrays become null), and matching parts of texts are cut out. Default false.
   */
  readonly remove?: boolean | undefined;
  /** Characters of the longest text that `values` are matched with; a longer one is replaced as a whole. Default 10,000. */
  readonly maxTextLength?: number | undefined;
  /** A hook that gets the event after all other rules, like `redact: (event) => …`. */
  readonly hook?: Redact | undefined;
}

/** An id of an event that can be hashed. */
export type IdField = 'userId' | 'anonymousId' | 'previousId' | 'groupId';

/** Options of `hashIds`. */
export interface HashIdsOptions {
  /** At least 32 random characters, kept like a password. After it changes, every person has another id. */
  readonly secret: string | undefined;
  /** Default: all four. */
  readonly fields?: readonly IdField[] | undefined;
}

/**
 * `allow`: the event is recorded. `drop`: it is not. `strip`: it is recorded without anything that identifies the
 * person.
 */
export type ConsentDecision = 'allow' | 'drop' | 'strip';

/** A decision with consent fields for a platform. */
export interface ConsentChoice {
  readonly decision: ConsentDecision;
  /** The platform's own consent fields, such as `{ ad_user_data: 'DENIED' }`. Only destinations that need them get them. */
  readonly fields?: object | undefined;
}

/**
 * One decision for all destinations, or one by purpose (`analytics`, `advertising`) or by destination name. A destination's name
 * takes precedence over its purpose; destinations that are not listed are allowed.
 */
export type ConsentAnswer =
  ConsentDecision | { readonly [purposeOrDestination: string]: ConsentDecision | ConsentChoice | undefined };

/**
 * Decides whether an event may be recorded, and which destinations get it. Synchronous. `undefined` allows it. If it throws,
 * or returns anything else, the event is rejected (`consent_error`).
 *
 * @param event a copy, with its identity
 * @param request the request of the running handler: Express' or Fastify's request, a socket or a message; undefined
 *   outside of requests
 * @example
 * consent: (event) => ({ analytics: 'allow', advertising: optedOut(event.userId) ? 'drop' : 'allow' })
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
export type Consent = (event: TrackingEvent, request: any) => ConsentAnswer | undefined;

/** The share of people whose events are recorded, from 0 to 1, for all events or for each. */
export type Sampling = number | ((event: TrackingEvent) => number);

/** What the module takes that decides what nobody is to see. */
export interface PrivacyOptions {
  readonly redact?: Redact | RedactionRules | undefined;
  readonly hashIds?: HashIdsOptions | undefined;
  readonly consent?: Consent | readonly Consent[] | undefined;
  readonly sampling?: Sampling | undefined;
}
