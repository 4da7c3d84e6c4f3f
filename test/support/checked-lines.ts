import { fromCheckedLine } from '../../lib/buffer/journal/format/checked-line.js';

/** The lines of a log, and the number of unreadable ones. */
export function readLines<T>(
  text: string,
  understand: (value: Record<string, unknown>) => T | undefined,
): { lines: T[]; damaged: number } {
  const all = text.split('\n').filter((line) => line.trim() !== '');
  const lines = all.flatMap((line) => {
    const value = fromCheckedLine(line);
    return (value && understand(value)) ?? [];
  });
  return { lines, damaged: all.length - lines.length };
}
