import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { choice, count, text } from '../../lib/config/kinds.js';
import type { Rows } from '../../lib/config/option.js';
import { commentsOf, optionTables, tableOf, withTables } from './option-tables.js';
import { root, textOf } from './prose.js';

const PAGES = readdirSync(join(root, 'docs')).filter((name) => /^options.*\.md$/.test(name));

test('the tables of options that are declared as rows are new; if not: npm run docs:options', async () => {
  const tables = await optionTables();
  const pages = PAGES.map((name) => textOf(`docs/${name}`));
  expect(pages.map((page) => withTables(page, tables))).toEqual(pages);
  const written = pages.flatMap((page) =>
    [...page.matchAll(/<!-- options: (\S+) -->/g)].map(([, of]) => of!),
  );
  expect(written).toEqual(expect.arrayContaining([...tables.keys()]));
  expect([...tables.keys()]).toEqual(
    expect.arrayContaining(['BatchOptions', 'DestinationOptions', 'KissmetricsOptions', 'WebhookOptions']),
  );
});

describe('a table', () => {
  const table = (comment: string, rows: Rows): string => {
    const source = ts.createSourceFile(
      'a.ts',
      `const rows = {\n  /** ${comment} */\n  a: text(),\n};`,
      ts.ScriptTarget.Latest,
      true,
    );
    return tableOf(commentsOf(source), rows).split('\n')[2]!;
  };

  test('has the first paragraph of the doc comment, the default and the type', () => {
    expect(
      table('How many |\n * of them.\n *\n * Why.\n * @default 1,000', { a: count(1).default(1_000) }),
    ).toBe('| `a` | number | 1,000 | How many \\| of them. |');
    expect(table("Which. @default 'us'", { a: choice('us', 'eu').default('us') })).toBe(
      "| `a` | `'us'`, `'eu'` | `'us'` | Which. |",
    );
    expect(table('Which.', { a: choice('us', 'eu').required() })).toBe(
      "| `a` | `'us'`, `'eu'` | required | Which. |",
    );
    expect(table('What. @default none', { a: text() })).toBe('| `a` | string | none | What. |');
  });

  test('links the page that the comment names', () => {
    expect(table('See docs/privacy-consent.md#purposes. @default none', { a: text() })).toContain(
      'See [Consent and sampling](privacy-consent.md#purposes).',
    );
  });

  test.each<[string, string, Rows, RegExp]>([
    [
      'another default than the row',
      'What. @default 5',
      { a: count(1).default(4) },
      /a says @default 5, and its row 4/,
    ],
    [
      'words in place of the default',
      'What. @default some',
      { a: count(1).default(4) },
      /@default some, and its row 4/,
    ],
    ['no default', 'What.', { a: text() }, /a has no @default/],
    ['nothing', 'What. @default none', { b: text() }, /b has no doc comment/],
  ])('is not made of a comment that says %s', (_, comment, rows, error) => {
    expect(() => table(comment, rows)).toThrow(error);
  });
});
