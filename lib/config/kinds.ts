import { badChoice, badOption, checkCount, checkFlag, memberPath, wholeNumber } from './check-option.js';
import { isObject } from '../event/json-values.js';
import { option, type Check, type Option, type OptionsOf, type Row, type Rows } from './option.js';
import { checkRows, valuesOf } from './rows.js';

export const flag = (): Option<boolean> => option('boolean', 'true or false', checkFlag);

export const count = (min: number, max?: number): Option<number> =>
  option('number', wholeNumber(min, max), (path, value) => checkCount(path, value, min, max));

export function choice<const Words extends readonly (string | false)[]>(
  ...words: Words
): Option<Words[number]> {
  const quoted = words.map((word) => (word === false ? 'false' : `'${word}'`));
  const expects = [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ');
  return option(quoted.map((word) => `\`${word}\``).join(', '), expects, (path, value) => {
    if (!words.includes(value as Words[number])) throw badChoice(path, value, expects);
  });
}

/** A text that is not empty. An error never shows it. */
export const text = (expects = 'a non-empty string', further?: Check): Option<string> =>
  option(
    'string',
    expects,
    (path, value, context) => {
      if (typeof value !== 'string' || value === '') throw badOption(path, value, expects);
      further?.(path, value, context);
    },
    { isText: true },
  );

/** A text of a certain form. */
export const textLike = (form: RegExp, expects: string): Option<string> =>
  text(expects, (path, value) => {
    if (!form.test(value as string)) throw badOption(path, value, expects);
  });

/** A key or token of a platform. A broken one must fail at start: some platforms answer it with 200. */
export const credential = (expects: string): Option<string> =>
  text(expects, (path, value) => {
    if (/\s/.test(value as string)) {
      throw badOption(
        path,
        value,
        'the key without spaces or line breaks; look at how the environment variable is set',
      );
    }
  });

/** A value that passes a check. An error shows its kind only. */
export const valueThat = <T>(type: string, expects: string, fits: (value: unknown) => boolean): Option<T> =>
  option(type, expects, (path, value) => {
    if (!fits(value)) throw badOption(path, value, expects);
  });

export const callback = <T>(type = 'function', expects = 'a function'): Option<T> =>
  valueThat(type, expects, (value) => typeof value === 'function');

/** An array of values, each checked by a row. */
export const list = <T>(
  type: string,
  expects: string,
  each: Row<T>,
  { min = 0 } = {},
): Option<readonly T[]> =>
  option(type, expects, (path, value, context) => {
    if (!Array.isArray(value) || value.length < min) throw badOption(path, value, expects);
    value.forEach((member, index) => each.check(`${path}[${index}]`, member, context));
  });

/** An object whose names are the application's own, each value checked by a row. */
export const table = <T>(expects: string, each: Row<T>): Option<Readonly<Record<string, T>>> =>
  option('object', expects, (path, value, context) => {
    if (!isObject(value)) throw badOption(path, value, expects);
    for (const [name, member] of Object.entries(value)) each.check(memberPath(path, name), member, context);
  });

/** An object of further options. Its value includes their defaults. */
export const members = <T extends object>(rows: Rows, expects = 'an object'): Option<T> =>
  option(
    'object',
    expects,
    (path, value, context) => {
      if (!isObject(value)) throw badOption(path, value, expects);
      checkRows(path, value, rows, context);
    },
    { read: (value) => valuesOf(rows, value) as T },
  );

/** The same for options without a named interface, such as `shutdown.timeoutMs`. */
export function group<const Table extends Rows>(
  rows: Table,
): Option<OptionsOf<Table>> & { readonly members: Table } {
  return { ...members<OptionsOf<Table>>(rows), members: rows };
}
