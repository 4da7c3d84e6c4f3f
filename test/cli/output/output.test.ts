import { describe, expect, test } from '@jest/globals';
import { csvLine } from '../../../lib/cli/output/csv.js';
import { ageText, bytesText, count } from '../../../lib/cli/output/quantities.js';
import { safeJson, safeText } from '../../../lib/cli/output/safe-text.js';
import { RowWriter, table } from '../../../lib/cli/output/table.js';
import { cutText, textWidth } from '../../../lib/cli/output/text-width.js';
import { visibleLines } from '../../../lib/host/visible-text.js';

describe('a table', () => {
  test('aligns its columns, numbers to the right', () => {
    expect(
      table(
        [{ title: 'NAME' }, { title: 'COUNT', right: true }],
        [
          ['a', '1,000'],
          ['longer', '7'],
        ],
      ),
    ).toBe('NAME    COUNT\na       1,000\nlonger      7\n');
  });

  test('counts a wide character as two columns and an accent as none', () => {
    expect(
      table(
        [{ title: 'A' }, { title: 'B' }],
        [
          ['漢字', 'x'],
          ['e\u0301', 'x'],
          ['👩‍💻', 'x'],
        ],
      ),
    ).toBe('A     B\n漢字  x\ne\u0301     x\n👩‍💻    x\n');
  });

  test('cuts the widest columns that may be cut on a narrow screen, and no others', () => {
    const columns = [{ title: 'ID' }, { title: 'NAME', atLeast: 4 }];
    expect(table(columns, [['0123456789', 'a rather long name']], 20)).toBe(
      'ID          NAME\n0123456789  a rathe…\n',
    );
    expect(table(columns, [['0123456789', 'a rather long name']], 5)).toBe(
      'ID          NAME\n0123456789  a r…\n',
    );
  });

  test('writes rows as they arrive, in the declared widths', () => {
    const rows = new RowWriter([{ title: 'A', width: 4 }, { title: 'B' }], 80);
    expect(rows.titles() + rows.row(['x', 'y']) + rows.row(['too long', 'y'])).toBe(
      'A     B\nx     y\ntoo long  y\n',
    );
  });
});

describe('untrusted text', () => {
  test('cannot control a terminal', () => {
    expect(safeText('a\u001B[2Jb\u009Bc\nd\u202Ee')).toBe('a\\u001b[2Jb\\u009bc\\u000ad\\u202ee');
  });

  test('stays the same in JSON', () => {
    const value = { name: 'a\u001B[2Jb\u009Bc\nd\u202Ee', nested: { ok: true } };
    for (const indent of [undefined, 2]) {
      const text = safeJson(value, indent);
      expect(JSON.parse(text)).toEqual(value);
      // eslint-disable-next-line no-control-regex -- the characters that must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    }
  });

  test('is no formula in a spreadsheet', () => {
    expect(csvLine(['=1+1', '+1', '-5.5', '@SUM(A1)', '-2+3', '\tx'])).toBe(
      `'=1+1,+1,-5.5,'@SUM(A1),'-2+3,"'\tx"\r\n`,
    );
  });

  test.each(['=', '+', '-', '@', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'])(
    'is no formula that begins with %s, wherever a spreadsheet may begin a cell',
    (sign) => {
      expect(csvLine([`${sign}SUM(A1)`])).toBe(`'${sign}SUM(A1)\r\n`);
      expect(csvLine([` ${sign}SUM(A1)`])).toBe(`' ${sign}SUM(A1)\r\n`);
      for (const before of ['a;', 'a\t', 'a\n', 'a\r', 'a\r\n']) {
        expect(csvLine([`${before}${sign}SUM(A1)`])).toBe(`"${before}'${sign}SUM(A1)"\r\n`);
      }
      // Split at the semicolon, the second cell begins behind the quotes.
      expect(csvLine([`a;"${sign}SUM(A1)`])).toBe(`"a;'""${sign}SUM(A1)"\r\n`);
    },
  );

  test.each(['\t', '\r', '\n'])('gets an apostrophe if a cell begins with %j', (first) => {
    expect(csvLine([`${first}x`])).toBe(`"'${first}x"\r\n`);
  });

  test('shows characters that are invisible or reverse the line, and keeps emoji whole', () => {
    const hidden = '\u00AD\u061C\u200B\u200E\u200F\u202A\u202E\u2066\u2069\uFEFF\u{E0041}';
    const seen = String.raw`\u00ad\u061c\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\udb40\udc41`;
    expect(safeText(hidden)).toBe(seen);
    expect(visibleLines(`a\r\nb\n\r${hidden}`)).toBe(`a\r\nb\n\\u000d${seen}`);
    const whole = '\u{1F469}\u200D\u{1F4BB} \u2764\uFE0F می\u200Cخواهم';
    expect([safeText(whole), visibleLines(whole)]).toEqual([whole, whole]);
  });
});

test('CSV quotes text that would break its lines', () => {
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', '', undefined, 3])).toBe(
    '"a,b","say ""hi""","two\nlines",,,3\r\n',
  );
});

test('quantities read the same on every machine', () => {
  expect([count(1_234_567), bytesText(512), bytesText(1_536), bytesText(3 * 2 ** 30)]).toEqual([
    '1,234,567',
    '512 B',
    '1.5 KiB',
    '3.0 GiB',
  ]);
  expect([0, 999, 61_000, 3_600_000, 90_061_000].map(ageText)).toEqual(['0s', '0s', '1m 1s', '1h', '1d 1h']);
});

test('text is cut between characters', () => {
  expect([cutText('漢字漢字', 5), textWidth('漢字…'), cutText('abc', 3)]).toEqual(['漢字…', 5, 'abc']);
});
