/** Controls, and marks that turn the direction of text around. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from a sender with every character that could hide or turn around what is written made visible. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** JSON for reading: hidden characters outside of ASCII are escaped, as `JSON.stringify` does with those inside. */
export function readableJson(value: unknown): string {
  return escapeUnseen(JSON.stringify(value, null, 2) ?? 'undefined');
}

/** Keeps the line breaks and tabs of a text that is shown in lines. */
export function escapeUnseen(text: string): string {
  return text.replaceAll(UNSEEN, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
