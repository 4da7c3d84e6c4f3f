import { visibleLines, readableJson } from './parts/visible.js';

/** A body for reading: JSON in lines, a form as its fields, everything else as it came. */
export function readableBody(body: string): { readonly text: string; readonly isJson: boolean } {
  const json = parsed(body);
  if (json !== undefined) return { text: readableJson(json), isJson: true };
  if (/^[\w.~%[\]-]+=[^\s]*$/.test(body)) {
    const fields = [...new URLSearchParams(body)].map(([name, value]) => {
      const inner = parsed(value);
      return `${name} = ${inner === undefined ? value : readableJson(inner)}`;
    });
    return { text: visibleLines(fields.join('\n')), isJson: false };
  }
  return { text: visibleLines(body), isJson: false };
}

/** Objects and lists only: a number or a word is no JSON to a reader. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
