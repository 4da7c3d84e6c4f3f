/** Control characters, and marks that are invisible or turn the direction of text around. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from a sender, with every character escaped that could hide or turn around what is written. */
function visible(text: string, kept = ''): string {
  return text.replaceAll(UNSEEN, (character) =>
    kept.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for a text that is shown in lines. */
export const visibleLines = (text: string): string => visible(text.replaceAll('\r\n', '\n'), '\n\t');

/** JSON for reading. `JSON.stringify` escapes control characters only. */
export const readableJson = (value: unknown): string => visibleLines(JSON.stringify(value, null, 2) ?? '');

const SHOWN = 300;

/** Text from a sender: never markup, isolated from the direction of the text around it, and cut if it is very long. */
export function SentText({ text }: { readonly text: string }) {
  const shown = visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  return (
    <bdi class="sent" title={text.length > 24 ? visible(text.slice(0, 2_000)) : undefined}>
      {shown}
    </bdi>
  );
}
