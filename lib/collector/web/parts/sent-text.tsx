import { visible } from './visible.js';

const SHOWN = 300;

/** Text from a sender: never markup, isolated from the direction of the text around it, and cut where it is very long. */
export function SentText({ text }: { readonly text: string }) {
  const shown = visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  return (
    <bdi class="sent" title={text.length > 24 ? visible(text.slice(0, 2_000)) : undefined}>
      {shown}
    </bdi>
  );
}
