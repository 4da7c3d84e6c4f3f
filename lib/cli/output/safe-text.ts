import { visibleLines, visibleText } from '../../host/visible-text.js';

/** Untrusted text within a line: it can neither control a terminal nor begin another line. */
export const safeText = visibleText;

/** JSON for a terminal or a pipe; stays the same JSON. */
export function safeJson(value: unknown, indent?: number): string {
  // JSON has escaped the line feeds within texts: those that are left are its indentation.
  return visibleLines(JSON.stringify(value, undefined, indent));
}
