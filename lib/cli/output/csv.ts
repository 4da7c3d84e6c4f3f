/** The beginning of a formula in a spreadsheet, also in the full width of East Asian keyboards. */
const SIGN = String.raw`[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]`;
/** The beginning of a cell, also in a spreadsheet that splits cells at this character. */
const BEFORE_FORMULA = new RegExp(String.raw`^(?=[\t\r\n]|[ "]*${SIGN})|(?<=[\t\r\n;])(?=[ "]*${SIGN})`, 'g');
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const NEEDS_QUOTES = /[",;\t\r\n]/;

/**
 * One line of CSV (RFC 4180). Names and ids come from browsers, so text that a spreadsheet would run as a formula gets an
 * apostrophe in front, also after a line break, tab or semicolon within the text. Numbers stay numbers.
 */
export function csvLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = NUMBER.test(value) ? value : value.replace(BEFORE_FORMULA, "'");
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
