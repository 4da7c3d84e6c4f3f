import type { HeldEvent } from '../../event/lane-event.js';
import { unescapedLayers } from './unescaped.js';
import { ValueWords } from './value-words.js';

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const DIGIT = /\p{N}/u;
/** Longer words are text in another form, such as base64. */
const MAX_WORD = 24;
/** A word with a character reference of HTML, such as `&uuml;`. */
const NAMED_CHARACTER = /\S*&[a-z]+;\S*/gi;
const BREAKS = /[\s\p{C}]+/gu;
const MARK = '***';
/** The answer keeper's own words for a text that the destination does not understand. */
const KIND = /^(?:[\w.+-]+\/[\w.+-]+, )?(?:at least )?\d+ bytes$/;
const MAX_LENGTH = 200;

/**
 * A kept answer for the log and the journal's root: status, code, field, and the message without words of the events' values, and
 * without words that may be such a value in another form.
 */
export function answerForLog(kept: string, events: readonly HeldEvent[]): string {
  const end = kept.indexOf(': ');
  if (end === -1) return kept;
  const message = kept.slice(end + 2);
  if (KIND.test(message)) return kept;
  const brief = kept.slice(0, end);
  const text = unescapedLayers(message).at(-1)!.text.replace(NAMED_CHARACTER, MARK);
  const values = ValueWords.of(events, text.match(WORD) ?? []);
  // Too many values to compare on the application's thread.
  if (values === undefined) return brief;
  const shown = text.replace(WORD, (word) =>
    DIGIT.test(word) || word.length > MAX_WORD || values.has(word) ? MARK : word,
  );
  return `${brief}: ${shown
    .replace(BREAKS, ' ')
    .slice(0, MAX_LENGTH)
    .replace(/[.\s]+$/, '')}`;
}
