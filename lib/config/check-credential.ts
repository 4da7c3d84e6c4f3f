import { seenAs, optionError } from './check-option.js';

/** Text that a template or `String()` makes of a missing value. In lower case only: `Null` is a surname. */
const WORD = /(?<![A-Za-z\d])(?:undefined|null)(?![\w-])|\[object [A-Za-z]+\]/;
/** A scheme that a template put before an empty value. */
const BARE_SCHEME = /^\s*(?:basic|bearer|token|apikey)\s+$/i;
const BASIC = /^\s*basic\s+([a-z\d+/_-]+=*)\s*$/i;
const HINT = 'Check the environment variable or setting that it comes from';

/** The word in a text that was made of a missing value: `undefined` in `Bearer undefined`, and in the base64 of `Basic`. */
export function missingWord(value: unknown): string | undefined {
  return typeof value === 'string' ? WORD.exec(decodedBasic(value) ?? value)?.[0] : undefined;
}

/** Whether a credential is missing: undefined, null, blank, a scheme without a value, or a text made of a missing value. */
export function isMissing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'string') return false;
  const isBlank = value.trim() === '' || BARE_SCHEME.test(value) || decodedBasic(value) === ':';
  return isBlank || missingWord(value) !== undefined;
}

/**
 * Throws for a credential that is missing. The message never shows the value.
 *
 * @param wants the expected value, and what to do if no credential is wanted
 * @throws TrackingConfigError
 */
export function checkPresent(option: string, value: unknown, wants: string): void {
  if (!isMissing(value)) return;
  const word = missingWord(value);
  const seen = word === undefined ? seenAs(value) : `a text that contains \`${word}\` in place of a value`;
  throw optionError(option, seen, `${wants}. ${HINT}`);
}

function decodedBasic(value: string): string | undefined {
  const base64 = BASIC.exec(value)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
