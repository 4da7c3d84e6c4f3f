import {
  badChoice,
  badOption,
  checkCount,
  checkFlag,
  checkFunction,
  wholeNumber,
} from '../config/check-option.js';
import { option, type Check, type Option, type Rows } from './option.js';
import { checkRows, valuesOf } from './rows.js';

/** True or false. */
export const flag = (): Option<boolean> => option('boolean', 'true or false', checkFlag);

/** A whole number. */
export const count = (min: number, max?: number): Option<number> =>
  option('number', wholeNumber(min, max), (path, value) => checkCount(path, value, min, max));

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Option<Word> {
  const quoted = words.map((word) => `'${word}'`);
  const expects = [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ');
  return option(quoted.map((word) => `\`${word}\``).join(', '), expects, (path, value) => {
    if (!words.includes(value as Word)) throw badChoice(path, value, expects);
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

/** A function of the application. */
export const callback = <T>(): Option<T> => option('function', 'a function', checkFunction);

/** An object with options of its own. Its value includes their defaults. */
export const members = <T extends object>(rows: Rows): Option<T> =>
  option('object', 'an object', (path, value, context) => checkRows(path, value, rows, context), {
    read: (value) => valuesOf(rows, value) as T,
  });
