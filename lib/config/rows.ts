import { checkPresent, isMissing } from './check-credential.js';
import { checkKeys } from './check-option.js';
import { isObject } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';
import type { CheckContext, Row, Rows, ValuesOf } from './option.js';

type Given = Readonly<Record<string, unknown>>;

/**
 * Checks options against their rows.
 *
 * @param path place of the options, such as `destinations[0]`; empty for those of the module
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
    const option = path === '' ? name : `${path}.${name}`;
    if ((row.isText || row.presence === 'required' || row.presence === 'named') && isMissing(value)) {
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

/** Values that passed their checks, otherwise defaults. */
export function readRows<Table extends Rows>(rows: Table, given: object): ValuesOf<Table> {
  return mapped(rows, (row, name) => {
    const value = (given as Given)[name];
    return isGiven(row, value) ? row.read(value) : row.fallback;
  });
}

/** Values that pass their checks, otherwise defaults. Never throws: the check at start rejects the other values. */
export function valuesOf<Table extends Rows>(rows: Table, given: unknown): ValuesOf<Table> {
  const named = isObject(given) ? given : {};
  const read = (row: Row<unknown>, name: string): unknown => {
    const value = named[name];
    if (!isGiven(row, value)) return undefined;
    row.check('', value, { credentials: false });
    return row.read(value);
  };
  return mapped(rows, (row, name) => guarded(() => read(row, name)) ?? row.fallback);
}

function mapped<Table extends Rows>(
  rows: Table,
  value: (row: Row<unknown>, name: string) => unknown,
): ValuesOf<Table> {
  const values = Object.entries(rows).map(([name, row]) => [name, value(row, name)]);
  return Object.fromEntries(values) as ValuesOf<Table>;
}

function isGiven(row: Row<unknown>, value: unknown): boolean {
  return value !== undefined && !(row.isText && isMissing(value));
}

function isExpected({ presence }: Row<unknown>, isNamed: boolean): boolean {
  return presence === 'required' || presence === 'always' || (presence === 'named' && isNamed);
}
