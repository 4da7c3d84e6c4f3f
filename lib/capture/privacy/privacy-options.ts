import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Redact } from '../redaction.js';

/**
 * Takes out of a text what nobody is to see: returns it with `replacement` in the place of each find, and the very same
 * text where it finds nothing. Synchronous. If it throws, the event is refused (`redact_error`).
 */
export type TextPattern = (text: string, replacement: string) => string;

/** What is taken out of every event, on our own copy of it and before anything is buffered or written to a disk. */
export interface RedactionRules {
  /**
   * Members by their place: `properties.customer.email`, `context.ip`, `properties.items.*.note`. `*` is any member or
   * element; a number is one element of an array; what follows an array without either is meant for each of its elements.
   */
  readonly paths?: readonly string[];
  /** Members by their name, anywhere in properties and context, such as `/password|secret/i`. */
  readonly keys?: readonly RegExp[];
  /**
   * Texts by what they say, anywhere in properties and context, and in the event's name: each part that matches is replaced.
   * The names of members are texts, too. A whole number is looked at as it is written, and replaced as a whole. Ready:
   * `emailAddresses`, `paymentCardNumbers`. Flags `g` and `y` make no difference.
   */
  readonly values?: readonly (RegExp | TextPattern)[];
  /** What stands there afterwards. Default `[redacted]`. */
  readonly replacement?: string;
  /** True: members are left out (elements of arrays become null), and matching parts of texts are cut out. Default false. */
  readonly remove?: boolean;
  /** Characters of the longest text that `values` are matched with; a longer one is replaced as a whole. Default 10,000. */
  readonly maxTextLength?: number;
  /** Sees the event after all of these, as `redact: (event) => …` does. */
  readonly hook?: Redact;
}

/** An id of an event that can be hashed. */
export type IdField = 'userId' | 'anonymousId' | 'previousId' | 'groupId';

/** How ids are replaced by what only holders of a secret can make of them. */
export interface HashIdsOptions {
  /** At least 32 characters, random, kept like a password. Another one makes other people of everybody. */
  readonly secret: string | undefined;
  /** Default: all four. */
  readonly fields?: readonly IdField[];
}

/** What may become of an event: it goes on, it is not recorded, or it goes on without anything that says who it was. */
export type ConsentDecision = 'allow' | 'drop' | 'strip';

/**
 * Decides whether an event may be recorded. Synchronous. `undefined`: nothing against it. If it throws, or answers anything
 * else, the event is refused (`consent_error`).
 *
 * @param event a copy, with the identity as it is
 * @param request what the running handler was called with: Express' or Fastify's request, a socket, a message; undefined
 *   outside of requests
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own request
export type Consent = (event: TrackingEvent, request: any) => ConsentDecision | undefined;

/** The share of people whose events are recorded, from 0 to 1, for all events or for each. */
export type Sampling = number | ((event: TrackingEvent) => number);

/** What the module takes that decides what nobody is to see. */
export interface PrivacyOptions {
  readonly redact?: Redact | RedactionRules | undefined;
  readonly hashIds?: HashIdsOptions | undefined;
  readonly consent?: Consent | readonly Consent[] | undefined;
  readonly sampling?: Sampling | undefined;
}
