import { types } from 'node:util';
import { checkPresent, isMissing } from '../../config/check-credential.js';
import {
  badChoice,
  badOption,
  checkCount,
  checkFlag,
  checkFunction,
  checkKeys,
} from '../../config/check-option.js';
import { ID_FIELDS } from './id-hashing.js';
import { isShare } from './person-sampling.js';
import type { PrivacyOptions } from './privacy-options.js';
import { DEFAULT_REPLACEMENT } from './rule-redaction.js';
import { stateless } from './text-rules.js';

const MIN_SECRET = 32;
const SECRET = `a random text of at least ${MIN_SECRET} characters, such as \`openssl rand -hex 32\` prints`;
const MAX_TEXT = 1_000_000;
const RULES = ['paths', 'keys', 'values', 'replacement', 'remove', 'maxTextLength', 'hook'];
/** A root, and at least one step, none of them empty. */
const PATH = /^(?:properties|context|groups)(?:\.[^.]+)+$/;

/**
 * Checks what decides about people's data.
 *
 * @param enabled false: the secret may be missing
 * @throws TrackingConfigError for the first option that cannot work
 */
export function checkPrivacy({ redact, hashIds, consent, sampling }: PrivacyOptions, enabled: boolean): void {
  checkRedact(redact);
  checkHashIds(hashIds, enabled);
  checkConsent(consent);
  if (sampling !== undefined && typeof sampling !== 'function' && !isShare(sampling)) {
    throw badChoice('sampling', sampling, 'a number from 0 to 1, or a function that returns one');
  }
}

function checkRedact(redact: unknown): void {
  if (redact === undefined || typeof redact === 'function') return;
  if (typeof redact !== 'object' || redact === null || Array.isArray(redact) || types.isRegExp(redact)) {
    throw badOption('redact', redact, 'a function, or an object of rules such as { keys: [/password/i] }');
  }
  checkKeys('redact', redact, RULES);
  const rules = redact as Readonly<Record<string, unknown>>;
  const { paths, keys, values, replacement, remove, hook } = rules;
  checkEach('redact.paths', paths, isPath, 'a path such as `properties.customer.email` or `context.ip`');
  checkEach('redact.keys', keys, isPattern, 'a RegExp that matches some text, and not the empty one');
  checkEach(
    'redact.values',
    values,
    (value) => typeof value === 'function' || isPattern(value),
    'a RegExp that matches some text, and not the empty one, or a pattern such as emailAddresses',
  );
  checkFlag('redact.remove', remove);
  checkCount('redact.maxTextLength', rules['maxTextLength'], 1, MAX_TEXT);
  checkFunction('redact.hook', hook);
  checkReplacement(replacement, remove === true, (values ?? []) as readonly unknown[]);
  if ([paths, keys, values].every((list) => list === undefined) && hook === undefined) {
    throw badOption('redact', redact, 'at least one of paths, keys, values, hook');
  }
}

function checkReplacement(replacement: unknown, remove: boolean, values: readonly unknown[]): void {
  if (replacement !== undefined && (typeof replacement !== 'string' || replacement === '')) {
    throw badOption(
      'redact.replacement',
      replacement,
      'a non-empty string; to leave things out, set `remove`',
    );
  }
  if (replacement !== undefined && remove) {
    throw badOption('redact.replacement', replacement, 'nothing where `redact.remove` is true');
  }
  const text = replacement ?? DEFAULT_REPLACEMENT;
  const again = values.findIndex((value) => types.isRegExp(value) && stateless(value).test(text));
  if (again !== -1 && !remove) {
    throw badOption('redact.replacement', text, `a text that \`redact.values[${again}]\` does not match`);
  }
}

function checkHashIds(hashIds: unknown, enabled: boolean): void {
  if (hashIds === undefined) return;
  // The most likely wrong value is the bare secret, so it is never shown.
  if (typeof hashIds !== 'object' || hashIds === null || Array.isArray(hashIds)) {
    throw badOption('hashIds', hashIds, 'an object with `secret`');
  }
  checkKeys('hashIds', hashIds, ['secret', 'fields']);
  const { secret, fields } = hashIds as Readonly<Record<string, unknown>>;
  if (enabled || !isMissing(secret)) {
    checkPresent('hashIds.secret', secret, SECRET);
    if (typeof secret !== 'string' || secret.length < MIN_SECRET) {
      throw badOption('hashIds.secret', secret, SECRET);
    }
  }
  checkEach(
    'hashIds.fields',
    fields,
    (field) => ID_FIELDS.some((known) => known === field),
    `one of ${ID_FIELDS.join(', ')}`,
  );
}

function checkConsent(consent: unknown): void {
  if (consent === undefined || typeof consent === 'function') return;
  const wants = 'a function such as globalPrivacyControl()';
  if (!Array.isArray(consent)) throw badOption('consent', consent, `${wants}, or an array of them`);
  checkEach('consent', consent, (hook) => typeof hook === 'function', wants);
}

/** A list that is given says something: an empty one is a setting that got lost. */
function checkEach(option: string, list: unknown, isFit: (member: unknown) => boolean, wants: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw badOption(option, list, `an array, each member ${wants}`);
  if (list.length === 0) throw badOption(option, list, `at least one member, ${wants}`);
  list.forEach((member, index) => {
    if (!isFit(member)) throw badOption(`${option}[${index}]`, member, wants);
  });
}

function isPath(path: unknown): boolean {
  return typeof path === 'string' && PATH.test(path);
}

/** One that matches the empty text matches everywhere. */
function isPattern(pattern: unknown): boolean {
  return types.isRegExp(pattern) && !stateless(pattern).test('');
}
