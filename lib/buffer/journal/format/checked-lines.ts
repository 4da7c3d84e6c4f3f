import { fromCheckedLine } from './checked-line.js';

/** What was read of a file of checked lines. */
export interface CheckedLines<T> {
  readonly entries: T[];
  /** Lines that failed their checksum, were cut short, or say nothing that is understood. */
  readonly damaged: number;
}

/**
 * Reads a file of checked lines, whoever wrote them and in whatever order, passing over blank lines.
 *
 * @param understand returns `undefined` for an object that is none of its kind
 */
export function parseCheckedLines<T>(
  text: string,
  understand: (value: Record<string, unknown>) => T | undefined,
): CheckedLines<T> {
  const entries: T[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = fromCheckedLine(line);
    const entry = value === undefined ? undefined : understand(value);
    if (entry === undefined) damaged++;
    else entries.push(entry);
  }
  return { entries, damaged };
}
