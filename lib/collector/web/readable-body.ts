import { parsedJson } from '../../event/json-values.js';
import { visibleLines, readableJson } from './parts/sent-text.js';

/** A body for reading: JSON in lines, a form as its fields, everything else as it came. */
export function readableBody(body: string): { readonly text: string; readonly isJson: boolean } {
  const json = parsed(body);
  if (json !== undefined) return { text: readableJson(json), isJson: true };
  if (/^[\w.~%[\]-]+=[^\s]*$/.test(body)) {
    const fields = [...new URLSearchParams(body)].map(([name, value]) => {
      const inner = parsed(value);
      const shown = inner === undefined ? value : readableJson(inner);
      return `${name} = ${shown}`;
    });
    return { text: visibleLines(fields.join('\n')), isJson: false };
  }
  return { text: visibleLines(body), isJson: false };
}

/** Objects and lists only: a number or a word is no JSON to a reader. */
function parsed(text: string): unknown {
  return /^\s*[[{]/.test(text) ? parsedJson(text) : undefined;
}
