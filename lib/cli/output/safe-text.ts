/**
 * Characters that make a terminal do something, or show a line in another order than it has. Names and ids come from
 * browsers, so anybody may have written them.
 */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** Text for a terminal: what could steer it stands there as an escape. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON for a terminal or a pipe; stays the same JSON. */
export function safeJson(value: unknown, indent?: number): string {
  // What is left of control characters within strings after JSON's own escapes; line feeds can only be our indentation.
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
