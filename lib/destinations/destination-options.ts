import type { Dispatcher } from 'undici';
import { count, members, valueThat } from '../config/kinds.js';
import { type CheckContext, type OptionsOf, type Row, type Rows, type ValuesOf } from '../config/option.js';
import { badOption } from '../config/check-option.js';
import { checkRows, valuesOf } from '../config/rows.js';
import { allowedProperties } from './allowed-properties.js';
import { batchOptions, type BatchOptions } from './batch-options.js';
import type { Destination, DestinationLimits } from './destination.js';
import { destinationMap } from './destination-map.js';
import { headers } from './own-headers.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';

const MAX_CONCURRENCY = 1_024;
/** A longer deadline of one attempt is probably a typing error. */
const MAX_TIMEOUT_MS = 3_600_000;
/** Names appear in options, logs, metrics and file names, so no character may need escaping in any of them. */
const NAME = /^[\w.-]{1,100}$/;
const NAME_EXPECTED = 'a name of 1 to 100 letters, digits, `_`, `.` or `-`';
const DISPATCHER = 'an undici Dispatcher, such as an Agent, a ProxyAgent or a MockAgent';

const isName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);
const isDispatcher = (value: unknown): boolean =>
  typeof (value as Partial<Dispatcher> | null)?.dispatch === 'function';

/** The facts of a destination that its options depend on. */
export interface DestinationFacts {
  /** The platform, and the default of `name`. */
  readonly kind: string;
  readonly limits: DestinationLimits;
  /** Default: 4. */
  readonly concurrency?: number;
  /** Longest wait of a batch. Default: none where a batch has one event, else 1,000. */
  readonly maxDelayMs?: number;
  /** Names of the headers that the destination sets itself, in lower case. */
  readonly reservedHeaders?: readonly string[];
  /** Shared options that have no meaning for it. */
  readonly without?: readonly ('headers' | 'dispatcher')[];
}

/** The options that every destination has. */
export const sharedOptions = ({
  kind,
  limits,
  concurrency = 4,
  maxDelayMs,
  reservedHeaders = [],
}: DestinationFacts) => ({
  /**
   * The destination's name in options, logs and `stats()`. Must be unique in an application.
   * @default the kind, such as `webhook`
   */
  name: valueThat<string>('string', NAME_EXPECTED, isName).default(kind),
  /**
   * How the lane cuts its batches.
   * @default see below
   */
  batch: members<BatchOptions>(batchOptions({ limits, maxDelayMs })).default(
    valuesOf(batchOptions({ limits, maxDelayMs }), undefined),
  ),
  /**
   * Limit of parallel requests, and of sockets.
   * @default 4
   */
  concurrency: count(1, MAX_CONCURRENCY).default(concurrency),
  /**
   * Deadline of one attempt in milliseconds: connecting, sending, headers and body together. A blocked event loop does not
   * use it up.
   * @default 10,000
   */
  timeoutMs: count(1, MAX_TIMEOUT_MS),
  /**
   * Further headers of every request, such as `authorization` for a proxy, or a `user-agent` in place of
   * `nestjs-tracking/<version>`.
   * See docs/options-destinations.md#headers.
   *
   * Values count as credentials: they are never shown, and do not select the account. Headers that describe the body, sign it
   * or belong to the connection are rejected.
   * @default none
   */
  headers: headers(reservedHeaders),
  /**
   * An undici 7 or 8 dispatcher, such as a `ProxyAgent`, for this destination. The package uses it and never closes it.
   * See docs/proxies.md.
   * @default its own sockets
   */
  // Its version is checked with the shape of every destination, also of an application's own.
  dispatcher: valueThat<Dispatcher>('undici dispatcher', DISPATCHER, isDispatcher),
  /**
   * The only properties and traits that this destination receives. The stored event and other destinations are not affected.
   * See docs/privacy.md#give-a-destination-less-allowproperties.
   * @default all
   */
  allowProperties: allowedProperties(),
  /**
   * Other names, or other properties, for this destination alone: tables of names, or a synchronous function. It runs once, when
   * the event is accepted, after `allowProperties`. See docs/map-and-filter.md#other-names-map.
   *
   * The result is stored, so that retries, restarts and replays send the same.
   * @default as recorded
   */
  map: destinationMap(),
});

/** Options of every destination. */
export interface DestinationOptions extends OptionsOf<ReturnType<typeof sharedOptions>> {}

type Shared = ReturnType<typeof sharedOptions>;

/** A check that needs several options. It runs after those of the rows. */
type CheckTogether<Own> = (path: string, values: ValuesOf<Own>, context: CheckContext) => void;

/** The options of one call of a factory, as read from the rows. */
export interface ReadOptions<Own> {
  readonly values: ValuesOf<Own & Omit<Shared, keyof Own>>;
  /** The members of the destination that the options decide, for `{ ...members, encode, … }`. */
  readonly members: Pick<Destination, 'kind' | 'check' | Exclude<keyof Shared, 'headers'>> & {
    readonly limits: DestinationLimits;
  };
}

/** The options of one kind of destination. */
export interface DestinationTable<Own> {
  /** Those of the default options. */
  readonly facts: DestinationFacts;
  readonly own: Own;
  /** Never throws for any value: `members.check` does, at start. */
  read(options: unknown): ReadOptions<Own>;
}

/**
 * Declares the options of a kind of destination.
 *
 * @param factsOf the facts that the shared options depend on; a function of its own options if these change the limits
 * @param own a row with a doc comment for each further option; it may replace a shared option
 */
export function destinationOptions<Own extends Rows>(
  factsOf: DestinationFacts | ((values: ValuesOf<Own>) => DestinationFacts),
  own: Own,
  checkTogether: CheckTogether<Own> = () => {},
): DestinationTable<Own> {
  const factsFor = (options: unknown): DestinationFacts =>
    typeof factsOf === 'function' ? factsOf(valuesOf(own, options)) : factsOf;

  const check = (path: string, given: unknown, rows: Rows, credentials: boolean): void => {
    // The most likely wrong value is the bare key, so it is never shown.
    if (!isObject(given)) {
      throw badOption(path, given, `an object with the options ${Object.keys(rows).join(', ')}`);
    }
    try {
      checkRows(path, given, rows, { credentials });
      checkTogether(path, valuesOf(own, given), { credentials });
    } catch (error) {
      // A getter may throw anything, also with a secret in its message.
      throw error instanceof TrackingConfigError ? error : badOption(path, given, 'options that can be read');
    }
  };

  const read = (options: unknown): ReadOptions<Own> => {
    const { kind, limits, without = [], ...facts } = factsFor(options);
    const shared = sharedOptions({ kind, limits, ...facts });
    const rows: Record<string, Row<unknown>> = { ...own, ...shared, ...own };
    for (const name of without) delete rows[name];
    const { headers: _, ...members } = valuesOf(shared, options);
    return {
      values: valuesOf(rows, options) as ReadOptions<Own>['values'],
      members: {
        ...(Object.fromEntries(
          Object.entries(members).filter(([, value]) => value !== undefined),
        ) as unknown as typeof members),
        kind,
        limits,
        check: (path, credentials) => check(path, options, rows, credentials),
      },
    };
  };
  return { facts: factsFor(undefined), own, read };
}
