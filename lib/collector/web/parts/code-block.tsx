import { useState } from 'preact/hooks';
import { CopyButton } from './copy-button.js';
import { visibleLines } from './sent-text.js';

const COLOURED = 60_000;
const SHOWN = 200_000;
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** Text in lines, as it was sent. JSON is coloured; very long text is cut until the reader asks for the rest. */
export function CodeBlock({
  title,
  text,
  copied = text,
  isJson = false,
}: {
  readonly title: string;
  readonly text: string;
  readonly copied?: string;
  readonly isJson?: boolean;
}) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = visibleLines(isWhole ? text : text.slice(0, SHOWN));
  return (
    <figure class="code">
      <figcaption class="row">
        <span>{title}</span>
        <CopyButton text={() => copied} name={`Copy: ${title}`} />
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={title}>
        <code>{isJson && shown.length <= COLOURED ? colour(shown) : shown}</code>
      </pre>
      {!isWhole && text.length > SHOWN && (
        <button type="button" class="button" onClick={() => setIsWhole(true)}>
          Show all {text.length.toLocaleString('en')} characters
        </button>
      )}
    </figure>
  );
}

function colour(json: string) {
  const parts: (string | preact.JSX.Element)[] = [];
  let end = 0;
  for (const match of json.matchAll(TOKENS)) {
    const [whole, string, colon, word, number] = match;
    parts.push(json.slice(end, match.index));
    parts.push(<span class={`tone ${toneOf(string, colon, word)}`}>{string ?? word ?? number}</span>);
    if (colon !== undefined) parts.push(colon);
    end = match.index + whole.length;
  }
  parts.push(json.slice(end));
  return parts;
}

function toneOf(string: string | undefined, colon: string | undefined, word: string | undefined): string {
  if (colon !== undefined) return 'key';
  if (string !== undefined) return 'delivered';
  return word === undefined ? 'dropped' : 'duplicate';
}
