const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u;
// eslint-disable-next-line no-control-regex -- printable ASCII is what it leaves out
const PLAIN = /^[\u0020-\u007E]*$/;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Units that are segmented at once, because segmenting takes the square of the length. */
const PIECE = 256;
const HIGH_HALF = /[\ud800-\udbff]$/;

/** The approximate width of a text on a terminal, in columns. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of characters(text)) width += widthOf(character);
  return width;
}

/** The text, or its beginning and an ellipsis if it is wider. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let cut = '';
  let width = 1; // of the ellipsis
  for (const character of characters(text)) {
    width += widthOf(character);
    if (width > columns) break;
    cut += character;
  }
  return `${cut}…`;
}

/** The characters that a reader sees; one that crosses the end of a piece counts as two. */
function* characters(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let piece = text.slice(start, start + PIECE);
    if (HIGH_HALF.test(piece)) piece = text.slice(start, start + PIECE + 1);
    for (const { segment } of segmenter.segment(piece)) yield segment;
    start += piece.length;
  }
}

function widthOf(character: string): number {
  return WIDE.test(character) ? 2 : 1;
}
