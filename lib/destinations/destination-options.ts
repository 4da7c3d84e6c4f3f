import { badOption } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';
import type { CheckContext, Row, Rows, ValuesOf } from '../config/option.js';
import { checkRows, valuesOf } from '../config/rows.js';
import type { Destination } from './destination.js';
import { sharedOptions, type DestinationFacts } from './shared-options.js';

type Shared = ReturnType<typeof sharedOptions>;

/** A check that needs several options. It runs after those of the rows. */
type CheckTogether<Own> = (path: string, values: ValuesOf<Own>, context: CheckContext) => void;

/** The options of one call of a factory, as read from the rows. */
export interface ReadOptions<Own> {
  readonly values: ValuesOf<Own & Omit<Shared, keyof Own>>;
  /** The members of the destination that the options decide, for `{ ...members, encode, … }`. */
  readonly members: Pick<Destination, 'kind' | 'limits' | 'check' | Exclude<keyof Shared, 'headers'>>;
}

/** The options of one kind of destination. */
export interface DestinationTable<Own> {
  readonly facts: DestinationFacts;
  readonly own: Own;
  /** Never throws for any value: `members.check` does, at start. */
  read(options: unknown): ReadOptions<Own>;
}

/**
 * Declares the options of a kind of destination.
 *
 * @param facts the facts that the shared options depend on
 * @param own a row with a doc comment for each further option; it may replace a shared option
 */
export function destinationOptions<Own extends Rows>(
  facts: DestinationFacts,
  own: Own,
  checkTogether: CheckTogether<Own> = () => {},
): DestinationTable<Own> {
  const shared = sharedOptions(facts);
  const rows: Record<string, Row<unknown>> = { ...own, ...shared, ...own };
  for (const name of facts.without ?? []) delete rows[name];

  const check = (path: string, given: unknown, credentials: boolean): void => {
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
    const { headers: _, ...members } = valuesOf(shared, options);
    return {
      values: valuesOf(rows, options) as ReadOptions<Own>['values'],
      members: {
        ...(Object.fromEntries(
          Object.entries(members).filter(([, value]) => value !== undefined),
        ) as unknown as typeof members),
        kind: facts.kind,
        limits: facts.limits,
        check: (path, credentials) => check(path, options, credentials),
      },
    };
  };
  return { facts, own, read };
}
