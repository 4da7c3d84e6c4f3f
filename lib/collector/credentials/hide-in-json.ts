import { parsedJson } from '../../event/json-values.js';
import { HIDDEN, isCredential } from './credential-names.js';

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
/** Ends a value that is no string. */
const END = /[\s,:{}[\]"]/g;

/** Hides the credentials in a JSON text, also a broken one; the rest stays byte for byte. A regular expression would overflow its stack. */
export function hideInJson(text: string): string {
  let hidden = '';
  let copied = 0;
  for (let at = text.indexOf('"'); at !== -1;) {
    let start = at;
    let end = endOfString(text, at);
    const literal = text.slice(at, end);
    const value = startOfValue(text, end);
    let shown: string | undefined;
    if (value !== -1 && isCredential(nameOf(literal))) {
      start = value;
      end = Math.max(end, endOfValue(text, value));
      if (end > start) shown = `"${HIDDEN}"`;
    } else shown = hideWithin(literal);
    if (shown !== undefined) {
      hidden += text.slice(copied, start) + shown;
      copied = end;
    }
    at = text.indexOf('"', end);
  }
  return hidden + text.slice(copied);
}

/** Hides the credentials in a string that is JSON itself; undefined: it has none. */
function hideWithin(literal: string): string | undefined {
  if (!literal.includes('\\"')) return undefined;
  const text = parsedJson(literal);
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  const hidden = hideInJson(text);
  return hidden === text ? undefined : JSON.stringify(hidden);
}

/** The index after the quote that closes a string. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

/** Where the value of a member begins; -1: the string before is not its name. */
function startOfValue(text: string, from: number): number {
  const colon = skipSpace(text, from);
  return text[colon] === ':' ? skipSpace(text, colon + 1) : -1;
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) <= 32) i++;
  return i;
}

function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  return first === '{' || first === '[' ? endOfGroup(text, from) : endOfBare(text, from);
}

/** The index after the bracket that closes an object or a list. */
function endOfGroup(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') i = endOfString(text, i) - 1;
    else if (sign === '{' || sign === '[') depth++;
    else if ((sign === '}' || sign === ']') && --depth === 0) return i + 1;
  }
  return text.length;
}

function endOfBare(text: string, from: number): number {
  END.lastIndex = from;
  return END.exec(text)?.index ?? text.length;
}

function nameOf(literal: string): string {
  const name = literal.slice(1, -1);
  const parsed = name.includes('\\') ? parsedJson(literal) : undefined;
  return typeof parsed === 'string' ? parsed : name;
}
