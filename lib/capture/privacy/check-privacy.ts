import { types } from 'node:util';
import { badChoice, badOption } from '../../config/check-option.js';
import { isObject } from '../../event/json-values.js';
import { callback, list, members } from '../../config/kinds.js';
import { option } from '../../config/option.js';
import { checkRows } from '../../config/rows.js';
import type { Redact } from '../redaction.js';
import { isShare } from './person-sampling.js';
import {
  hashIdsRows,
  redactionRows,
  type Consent,
  type HashIdsOptions,
  type RedactionRules,
  type Sampling,
} from './privacy-options.js';
import { stateless } from './text-rules.js';

const RULES = 'a function, or an object of rules such as { keys: [/password/i] }';
const CONSENT = 'a function such as globalPrivacyControl()';
const SHARE = 'a number from 0 to 1, or a function that returns one';

export const redaction = () =>
  option<Redact | RedactionRules>('object, or function', RULES, (path, value, context) => {
    if (typeof value === 'function') return;
    if (!isObject(value) || types.isRegExp(value)) throw badOption(path, value, RULES);
    checkRows(path, value, redactionRows, context);
    const { paths, keys, values, hook, remove, replacement } = value as RedactionRules;
    if ([paths, keys, values, hook].every((rule) => rule === undefined)) {
      throw badOption(path, value, 'at least one of paths, keys, values, hook');
    }
    if (remove === true) {
      if (replacement === undefined) return;
      throw badOption(`${path}.replacement`, replacement, `nothing where \`${path}.remove\` is true`);
    }
    const inserted = replacement ?? redactionRows.replacement.fallback;
    const again = (values ?? []).findIndex((each) => types.isRegExp(each) && stateless(each).test(inserted));
    if (again !== -1) {
      throw badOption(
        `${path}.replacement`,
        inserted,
        `a text that \`${path}.values[${again}]\` does not match`,
      );
    }
  });

export const hashing = () => members<HashIdsOptions>(hashIdsRows, 'an object with `secret`');

export const consenting = () => {
  const hooks = list(
    'functions',
    `${CONSENT}, or an array of at least one`,
    callback<Consent>('function', CONSENT),
    { min: 1 },
  );
  return option<Consent | readonly Consent[]>('function, or array', hooks.expects, (path, value, context) => {
    if (typeof value !== 'function') hooks.check(path, value, context);
  });
};

export const sampling = () =>
  option<Sampling>('number, or function', SHARE, (path, value) => {
    if (typeof value !== 'function' && !isShare(value)) throw badChoice(path, value, SHARE);
  });
