import { unescapedLayers } from './unescaped.js';

/** A truncated secret of at least this many characters is removed. */
const MIN_BEGINNING = 8;
/** Shorter pieces of base64 are found in ordinary words. */
const MIN_BASE64 = 6;
const MARK = '***';
const BASE64_SIGN = /[\w-]/;

/** A text that reveals a secret, folded. */
interface SecretForm {
  readonly text: string;
  /** In base64, its first and last characters share bits with their neighbours. */
  readonly isBase64: boolean;
}

/** A range of the text. */
type Span = readonly [start: number, end: number];

/**
 * Removes secrets from a text, in every complete form: unchanged, in other letter case, escaped for URLs, JSON or HTML, in base64
 * within other text, or truncated after their eighth character or later.
 */
export class StrikeOut {
  /** Forms by their beginning, and the lengths of these beginnings. */
  readonly #forms = new Map<string, SecretForm[]>();
  readonly #lengths: readonly number[];

  constructor(secrets: readonly string[]) {
    const lengths = new Set<number>();
    for (const form of secrets.flatMap(secretForms)) {
      const beginning = form.text.slice(0, MIN_BEGINNING);
      lengths.add(beginning.length);
      this.#forms.set(beginning, [...(this.#forms.get(beginning) ?? []), form]);
    }
    this.#lengths = [...lengths];
  }

  /** The text without secrets. The work grows with its length times the length of the longest secret. */
  apply(text: string): string {
    if (this.#forms.size === 0) return text;
    const spans = unescapedLayers(text).flatMap((layer) =>
      this.#find(layer.text).map(([start, end]): Span => [layer.from[start]!, layer.from[end]!]),
    );
    return withoutSpans(text, spans);
  }

  #find(text: string): Span[] {
    const { searched, at } = unbroken(folded(text));
    const spans: Span[] = [];
    for (let i = 0; i < searched.length; i++) {
      for (const length of this.#lengths) {
        for (const form of this.#forms.get(searched.slice(i, i + length)) ?? []) {
          const [start, end] = reach(form, searched, i);
          spans.push([at[start]!, at[end - 1]! + 1]);
        }
      }
    }
    return spans;
  }
}

/** The length of the form at this position. */
function reach({ text, isBase64 }: SecretForm, searched: string, start: number): Span {
  let length = 0;
  while (length < text.length && searched.charCodeAt(start + length) === text.charCodeAt(length)) length++;
  const end = start + length;
  if (!isBase64) return [start, end];
  const before = start > 0 && BASE64_SIGN.test(searched[start - 1]!) ? 1 : 0;
  const after = end < searched.length && BASE64_SIGN.test(searched[end]!) ? 1 : 0;
  return [start - before, end + after];
}

/** Without line breaks, which mail puts into base64. */
function unbroken(text: string): { searched: string; at: number[] } {
  let searched = '';
  const at: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\r' || text[i] === '\n') continue;
    searched += text[i];
    at.push(i);
  }
  return { searched, at };
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  let kept = '';
  let done = 0;
  let ended = -1;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    // A range that touches the one before belongs to it.
    if (start > ended) kept += text.slice(done, start) + MARK;
    ended = Math.max(ended, end);
    done = ended;
  }
  return kept + text.slice(done);
}

/**
 * Removes differences between encodings: letter case, the two base64 alphabets, and `+` for a space in forms. The length
 * does not change, so that positions stay valid.
 */
function folded(text: string): string {
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  return same.replace(/[+ ]/g, '-').replaceAll('/', '_');
}

/** All searched forms of a secret, without escapes: those are removed from the searched text. */
function secretForms(secret: string): SecretForm[] {
  const texts = new Set(unescapedLayers(secret).map(({ text }) => text));
  const base64 = [...texts].flatMap((text) => [0, 1, 2].map((offset) => base64At(text, offset)));
  return [
    // The searched text has no line breaks either.
    ...[...texts].map((text) => ({ text: folded(text).replace(/[\r\n]/g, ''), isBase64: false })),
    ...base64.map((text) => ({ text: folded(text), isBase64: true })),
  ].filter(({ text, isBase64 }) => text.length >= (isBase64 ? MIN_BASE64 : 1));
}

/** The base64 characters that depend only on the text, with a number of bytes before it. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const begin = [0, 2, 3][offset]!;
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(begin, end);
}
