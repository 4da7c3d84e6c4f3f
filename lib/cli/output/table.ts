import { safeText } from './safe-text.js';
import { cutText, textWidth } from './text-width.js';

export interface Column {
  readonly title: string;
  /** Aligned to the right, for numbers. */
  readonly right?: boolean;
  /** The column may be cut to this width on a narrow screen. */
  readonly atLeast?: number;
  /** The width if the rows are not known in advance. */
  readonly width?: number;
}

const GAP = '  ';

/** A table that is written row by row, so that millions need no memory. */
export class RowWriter {
  readonly #widths: number[];

  /** @param screen its width; if it is infinite, nothing is cut */
  constructor(
    private readonly columns: readonly Column[],
    private readonly screen: number,
  ) {
    this.#widths = columns.map(({ title, width = 0 }) => Math.max(textWidth(title), width));
    fit(columns, this.#widths, screen);
  }

  titles(): string {
    return this.row(this.columns.map(({ title }) => title));
  }

  row(cells: readonly string[]): string {
    const padded = this.columns.map(({ atLeast, right }, i) => {
      const width = this.#widths[i]!;
      const given = safeText(cells[i] ?? '');
      const cell = atLeast === undefined || this.screen === Infinity ? given : cutText(given, width);
      const padding = ' '.repeat(Math.max(0, width - textWidth(cell)));
      return right === true ? padding + cell : cell + padding;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  }
}

/** A table whose rows are known: aligned, with a line of titles. Ends with a line feed. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen = Number.POSITIVE_INFINITY,
): string {
  const measured = columns.map((column, i) => ({
    ...column,
    width: Math.max(0, ...rows.map((row) => textWidth(safeText(row[i] ?? '')))),
  }));
  const writer = new RowWriter(measured, screen);
  return [writer.titles(), ...rows.map((row) => writer.row(row))].join('');
}

/** Narrows columns that may be cut, the widest first, until the table fits. */
function fit(columns: readonly Column[], widths: number[], screen: number): void {
  let over = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - screen;
  while (over > 0) {
    let widest = -1;
    for (const [i, { atLeast }] of columns.entries()) {
      if (atLeast === undefined || widths[i]! <= atLeast) continue;
      if (widest === -1 || widths[i]! > widths[widest]!) widest = i;
    }
    if (widest === -1) return;
    widths[widest]!--;
    over--;
  }
}
