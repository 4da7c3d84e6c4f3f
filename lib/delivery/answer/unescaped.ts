import { guarded } from '../../host/guarded.js';

/** A text, the position of each of its characters in the original, and the position of its end. */
export interface TracedText {
  readonly text: string;
  readonly from: readonly number[];
}

/** An escaped character of percent-encoding, JSON or HTML. */
const ESCAPE =
  /((?:%[\da-fA-F]{2})+)|\\(?:[uU]([\da-fA-F]{4})|(["\\/'bfnrt]))|&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|AMP|LT|GT|QUOT));/g;
const NAMED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Layers of escapes: servers escape text that was escaped before. */
const MAX_LAYERS = 3;

/** The text, and the text without each of its layers of escapes. The work is linear in its length. */
export function unescapedLayers(text: string): TracedText[] {
  const layers: TracedText[] = [{ text, from: Array.from({ length: text.length + 1 }, (_, i) => i) }];
  while (layers.length <= MAX_LAYERS) {
    const outer = layers.at(-1)!;
    const inner = unescaped(outer);
    if (inner.text === outer.text) break;
    layers.push(inner);
  }
  return layers;
}

function unescaped(outer: TracedText): TracedText {
  let text = '';
  const from: number[] = [];
  const copy = (start: number, end?: number): void => {
    const plain = outer.text.slice(start, end);
    for (let i = 0; i < plain.length; i++) from.push(outer.from[start + i]!);
    text += plain;
  };
  const put = (character: string, at: number): void => {
    for (let i = 0; i < character.length; i++) from.push(outer.from[at]!);
    text += character;
  };
  let end = 0;
  for (const match of outer.text.matchAll(ESCAPE)) {
    const [whole, percents, unicode, short, decimal, hex, entity] = match;
    copy(end, match.index);
    end = match.index + whole.length;
    if (percents !== undefined) {
      let at = match.index;
      for (const [character, bytes] of percentDecoded(percents)) {
        put(character, at);
        at += 3 * bytes;
      }
    } else if (unicode !== undefined) put(String.fromCharCode(Number.parseInt(unicode, 16)), match.index);
    else if (decimal !== undefined) put(codePoint(Number(decimal)), match.index);
    else if (hex !== undefined) put(codePoint(Number.parseInt(hex, 16)), match.index);
    else {
      const name = (short ?? entity ?? '').toLowerCase();
      put(NAMED[name] ?? name, match.index);
    }
  }
  copy(end);
  from.push(outer.from.at(-1)!);
  return { text, from };
}

/** The characters of `%C3%A4…`, each with its number of bytes. Bytes that are not UTF-8 are read as Latin-1. */
function percentDecoded(percents: string): [string, number][] {
  const bytes = Buffer.from(percents.replaceAll('%', ''), 'hex');
  const text = guarded(() => UTF8.decode(bytes));
  if (text === undefined) return Array.from(bytes.toString('latin1'), (character) => [character, 1]);
  return Array.from(text, (character) => [character, Buffer.byteLength(character)]);
}

function codePoint(code: number): string {
  return code <= 0x10_ffff ? String.fromCodePoint(code) : '';
}
