import { HIDDEN, isCredential } from './credential-names.js';

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
/** Ends a value that is no string. */
const END = /[\s,:{}[\]"]/g;

/**
 * Hides the credentials in a JSON text, also in one that is broken; the rest stays as it is, byte for byte. A scanner, because
 * a regular expression overflows its stack at megabytes of escapes.
 */
export function hideInJson(text: string): string {
  let hidden = '';
  let copied = 0;
  for (let at = text.indexOf('"'); at !== -1;) {
    let end = endOfString(text, at);
    const value = startOfValue(text, end);
    if (value !== -1 && isCredential(nameOf(text.slice(at, end)))) {
      end = text[value] === '"' ? endOfString(text, value) : endOfBare(text, value);
      if (end > value) {
        hidden += `${text.slice(copied, value)}"${HIDDEN}"`;
        copied = end;
      }
    }
    at = text.indexOf('"', end);
  }
  return hidden + text.slice(copied);
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

function endOfBare(text: string, from: number): number {
  END.lastIndex = from;
  return END.exec(text)?.index ?? text.length;
}

function nameOf(literal: string): string {
  const name = literal.slice(1, -1);
  if (!name.includes('\\')) return name;
  try {
    return JSON.parse(literal) as string;
  } catch {
    return name;
  }
}
