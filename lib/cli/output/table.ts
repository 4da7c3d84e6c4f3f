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

/** A table whose rows are known: aligned, with a line of titles. Ends with a line feed. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen = Number.POSITIVE_INFINITY,
): string {
  const safe = rows.map((row) => row.map(safeText));
  const widths = columns.map((column, i) =>
    Math.max(textWidth(column.title), ...safe.map((row) => textWidth(row[i] ?? ''))),
  );
  fit(columns, widths, screen);
  const titles = columns.map((column) => column.title);
  return [titles, ...safe].map((row) => line(columns, row, widths, screen)).join('');
}

/** A table that is written row by row, so that millions need no memory. */
export class RowWriter {
  readonly #widths: number[];

  /** @param screen its width; if it is infinite, nothing is cut */
  constructor(
    private readonly columns: readonly Column[],
    private readonly screen: number,
  ) {
    this.#widths = columns.map(({ title, width }) => Math.max(textWidth(title), width ?? 0));
    fit(columns, this.#widths, screen);
  }

  titles(): string {
    return line(
      this.columns,
      this.columns.map(({ title }) => title),
      this.#widths,
      this.screen,
    );
  }

  row(cells: readonly string[]): string {
    return line(this.columns, cells.map(safeText), this.#widths, this.screen);
  }
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

function line(
  columns: readonly Column[],
  cells: readonly string[],
  widths: readonly number[],
  screen: number,
): string {
  const padded = columns.map((column, i) => {
    const width = widths[i]!;
    const given = cells[i] ?? '';
    const cell = column.atLeast === undefined || screen === Infinity ? given : cutText(given, width);
    const padding = ' '.repeat(Math.max(0, width - textWidth(cell)));
    return column.right === true ? padding + cell : cell + padding;
  });
  return `${padded.join(GAP).trimEnd()}\n`;
}
