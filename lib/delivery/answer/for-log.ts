import type { LaneEvent } from '../../event/lane-event.js';

const WORDS = /[\p{L}\p{N}]+/gu;
const DIGIT = /\p{N}/u;
/** Longer words are text in another form, such as base64. */
const MAX_WORD = 24;
/** Beginnings of words of at least this many letters are removed, too, because platforms truncate what they repeat. */
const MIN_BEGINNING = 3;
const MARK = '***';
/** The answer keeper's own words for a text that the destination does not understand. */
const KIND = /^(?:[\w.+-]+\/[\w.+-]+, )?(?:at least )?\d+ bytes$/;
const MAX_LENGTH = 200;

/** A kept answer as a log and the journal's root may have it: status, code, field, and the message without values of events. */
export function answerForLog(kept: string, events: readonly LaneEvent[]): string {
  const end = kept.indexOf(': ');
  if (end === -1) return kept;
  const text = kept.slice(end + 2);
  if (KIND.test(text)) return kept;
  return `${kept.slice(0, end)}: ${withoutValues(text, events)
    .slice(0, MAX_LENGTH)
    .replace(/[.\s]+$/, '')}`;
}

/**
 * A text of a platform without anything that the events of the request may have put there: words that an id, a property or the
 * context of one of them has, and each word with a digit, which may be a value in another form.
 */
function withoutValues(text: string, events: readonly LaneEvent[]): string {
  const inText = new Set(wordsOf(text));
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === 'string') for (const word of wordsOf(value)) mark(word, inText, found);
    else if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) look(member);
  };
  for (const { event } of events) {
    const { userId, anonymousId, groupId, previousId, properties, context } = event;
    look([userId, anonymousId, groupId, previousId, properties, context]);
  }
  return text.replace(WORDS, (word) =>
    DIGIT.test(word) || word.length > MAX_WORD || found.has(word.toLowerCase()) ? MARK : word,
  );
}

function mark(word: string, inText: ReadonlySet<string>, found: Set<string>): void {
  if (inText.has(word)) found.add(word);
  for (let length = MIN_BEGINNING; length < word.length; length++) {
    const beginning = word.slice(0, length);
    if (inText.has(beginning)) found.add(beginning);
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORDS) ?? [];
}
