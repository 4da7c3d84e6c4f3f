/**
 * Characters that steer a terminal, end a line, are invisible, or show a line in another order than it has. Names and ids come
 * from browsers, so any client may have chosen them. The joiners stay: emoji and Persian need them.
 */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- the pattern finds them
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\uDB40[\uDC00-\uDC7F]/g;

/** The text as one line, with an escape (`\u001b`, as in JSON) in place of each such character. */
export function visibleText(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The same for a text of several lines. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, (character: string, at: number) => {
    const isLineEnd = character === '\n' || (character === '\r' && text[at + 1] === '\n');
    return isLineEnd ? character : escaped(character);
  });
}

function escaped(character: string): string {
  let escapes = '';
  for (let i = 0; i < character.length; i++) {
    escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escapes;
}
