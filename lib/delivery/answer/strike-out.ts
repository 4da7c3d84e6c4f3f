import { folded, secretForms, type SecretForm } from './secret-forms.js';
import { unescapedLayers } from './unescaped.js';

/** A truncated secret of at least this many characters is removed. */
const MIN_BEGINNING = 8;
const MARK = '***';
const BASE64_SIGN = /[\w-]/;

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
