type Cell = string | number;

/** A table with columns of minimal width; the first is aligned to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(text));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const lines = cells.map(
    (row) =>
      '  ' +
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
  const rule = `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function text(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en') : cell;
}

/** A number with its noun: `1 event`, `1,200 events`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
