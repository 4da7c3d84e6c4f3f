import { checkPresent, isMissing } from '../config/check-credential.js';
import { checkKeys } from '../config/check-option.js';
import type { CheckContext, Row, Rows, ValuesOf } from './option.js';

type Given = Readonly<Record<string, unknown>>;

/**
 * Checks options against their rows.
 *
 * @param path place of the options, such as `destinations[0]`
 * @throws TrackingConfigError for an unknown option, and for the first bad one
 */
export function checkRows(path: string, given: unknown, rows: Rows, context: CheckContext): void {
  checkKeys(path, given, Object.keys(rows));
  checkValues(path, given as object, rows, context);
}

/** The same for an object that may have further members. */
export function checkValues(path: string, given: object, rows: Rows, context: CheckContext): void {
  for (const [name, row] of Object.entries(rows)) {
    const value = (given as Given)[name];
    if (value === undefined && !isExpected(row, Object.hasOwn(given as Given, name))) continue;
    const option = `${path}.${name}`;
    if ((row.isText || row.presence !== 'optional') && isMissing(value)) {
      if (!context.credentials) continue;
      const isOptional = row.presence === 'optional';
      checkPresent(
        option,
        value,
        isOptional ? `${row.expects}, or the option left out for the default` : row.expects,
      );
    }
    row.check(option, value, context);
  }
}

/** Values that pass their checks, otherwise defaults. Never throws: the check at start rejects the other values. */
export function valuesOf<Table extends Rows>(rows: Table, given: unknown): ValuesOf<Table> {
  const named: Given = typeof given === 'object' && given !== null ? (given as Given) : {};
  const values = Object.entries(rows).map(([name, row]) => [name, valueOf(row, () => named[name])]);
  return Object.fromEntries(values) as ValuesOf<Table>;
}

function valueOf(row: Row<unknown>, get: () => unknown): unknown {
  try {
    const value = get();
    if (value === undefined || (row.isText && isMissing(value))) return row.fallback;
    row.check('', value, { credentials: false });
    return row.read(value);
  } catch {
    return row.fallback;
  }
}

function isExpected({ presence }: Row<unknown>, isNamed: boolean): boolean {
  return presence === 'required' || (presence === 'named' && isNamed);
}
