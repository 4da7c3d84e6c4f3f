/** The beginning of a formula in a spreadsheet, also in the full width of East Asian keyboards. */
const SIGN = String.raw`[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]`;
/** A place where a cell begins, or where one begins in a spreadsheet that splits lines at it. */
const BEFORE_FORMULA = new RegExp(String.raw`^(?=[\t\r\n]|[ "]*${SIGN})|(?<=[\t\r\n;])(?=[ "]*${SIGN})`, 'g');
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const NEEDS_QUOTES = /[",;\t\r\n]/;

/**
 * One line of CSV (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe in front, also behind a line break, a
 * tab or a semicolon within a text, because names and ids come from browsers; numbers stay numbers.
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
