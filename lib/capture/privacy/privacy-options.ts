import { badOption } from '../../config/check-option.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { callback, count, flag, list, text, valueThat } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import type { Redact } from '../redaction.js';
import { isPattern, type TextPattern } from './text-rules.js';

const MIN_SECRET = 32;
const SECRET = `a random text of at least ${MIN_SECRET} characters, such as \`openssl rand -hex 32\` prints`;
const MAX_TEXT = 1_000_000;
/** A root, and at least one step, none of them empty. */
const PATH = /^(?:properties|context|groups)(?:\.[^.]+)+$/;
const PATTERN = 'a RegExp that matches some text, and not the empty one';

/** An empty list is probably a missing setting. */
const filled = <T>(type: string, expects: string, fits: (value: unknown) => boolean) =>
  list<T>(type, `an array of at least one member, each ${expects}`, valueThat<T>(type, expects, fits), {
    min: 1,
  });

export const redactionRows = {
  /**
   * Members by their path: `properties.customer.email`, `context.ip`, `properties.items.*.note`, `groups.company`.
   *
   * `*` is any member or element; a number is one element of an array; a path that continues after an array without either
   * applies to each element. A group is always removed, never replaced.
   * @default none
   */
  paths: filled<string>(
    'strings',
    'a path such as `properties.customer.email` or `context.ip`',
    (value) => typeof value === 'string' && PATH.test(value),
  ),
  /**
   * Members by their name, anywhere in properties, context and groups, such as `/password|secret/i`.
   * @default none
   */
  keys: filled<RegExp>('regular expressions', PATTERN, isPattern),
  /**
   * Parts of texts by patterns, anywhere in properties and context, including the names of members, and in the event's name.
   * Ready-made: `emailAddresses`, `paymentCardNumbers`.
   *
   * An integer is matched by its digits, and replaced as a whole. Flags `g` and `y` make no difference.
   * @default none
   */
  values: filled<RegExp | TextPattern>(
    'regular expressions, or patterns',
    `${PATTERN}, or a pattern such as emailAddresses`,
    (value) => typeof value === 'function' || isPattern(value),
  ),
  /**
   * The text that replaces a match.
   * @default '[redacted]'
   */
  replacement: valueThat<string>(
    'string',
    'a non-empty string; to leave things out, set `remove`',
    (value) => typeof value === 'string' && value !== '',
  ).default('[redacted]'),
  /**
   * True: members are removed (elements of arrays become null), and matching parts of texts are cut out.
   * @default false
   */
  remove: flag().default(false),
  /**
   * Characters of the longest text that `values` are matched with. A longer one is replaced as a whole.
   * @default 10,000
   */
  maxTextLength: count(1, MAX_TEXT).default(10_000),
  /**
   * A hook that gets the event after all other rules, like `redact: (event) => …`.
   * @default none
   */
  hook: callback<Redact>(),
};

/** Rules that remove data from a copy of every event, before it is buffered or written to disk. */
export interface RedactionRules extends OptionsOf<typeof redactionRows> {}

/** An id of an event that can be hashed. */
export type IdField = 'userId' | 'anonymousId' | 'previousId' | 'groupId';

export const ID_FIELDS: readonly IdField[] = ['userId', 'anonymousId', 'previousId', 'groupId'];

export const hashIdsRows = {
  /**
   * At least 32 random characters, kept like a password. After it changes, every person has another id.
   */
  secret: text(SECRET, (path, value) => {
    if ((value as string).length < MIN_SECRET) throw badOption(path, value, SECRET);
  }).required(),
  /**
   * The ids that are hashed.
   * @default all four
   */
  fields: list<IdField>(
    ID_FIELDS.map((field) => `\`'${field}'\``).join(', '),
    `an array of at least one of ${ID_FIELDS.join(', ')}`,
    valueThat<IdField>('id', `one of ${ID_FIELDS.join(', ')}`, (value) =>
      ID_FIELDS.some((field) => field === value),
    ),
    { min: 1 },
  ).default(ID_FIELDS),
};

/** Options of `hashIds`. */
export interface HashIdsOptions extends OptionsOf<typeof hashIdsRows> {}

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

/** The options of the module that protect the data of people. */
export interface PrivacyOptions {
  readonly redact?: Redact | RedactionRules | undefined;
  readonly hashIds?: HashIdsOptions | undefined;
  readonly consent?: Consent | readonly Consent[] | undefined;
  readonly sampling?: Sampling | undefined;
}
