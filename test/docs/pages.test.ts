import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { replacedIn } from '../support/replaced-phrases.js';
import { platforms } from './platforms.js';
import {
  anchorsOf,
  averageLength,
  linksOf,
  root,
  sentencesOf,
  textOf,
  userPages,
  wordCount,
} from './prose.js';

const MAX_WORDS = 1_500;
const MAX_AVERAGE = 20;
const MAX_README_LINES = 150;

describe.each(userPages())('%s', (page) => {
  test(`has at most ${MAX_WORDS} words beside its generated tables`, () => {
    expect(wordCount(withoutGenerated(textOf(page)))).toBeLessThanOrEqual(MAX_WORDS);
  });

  test(`has sentences of fewer than ${MAX_AVERAGE} words on average`, () => {
    expect(averageLength(textOf(page))).toBeLessThan(MAX_AVERAGE);
  });

  test('uses the standard terms', () => {
    expect(replacedIn(page, textOf(page))).toEqual([]);
  });
});

/** Pages outside of docs/ whose links must work, too. */
const LINKING = [
  'SECURITY.md',
  'CHANGELOG.md',
  'bench/README.md',
  'bench/RESULTS.md',
  'sample-app/README.md',
  'scripts/README.md',
  'test/browser/README.md',
  'test/vendors/README.md',
];

describe.each([...userPages(), ...LINKING])('%s', (page) => {
  test('links to pages and headings that exist', () => {
    const broken = linksOf(page).filter(({ file, anchor }) => {
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(textOf(file)).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

test(`the README has at most ${MAX_README_LINES} lines`, () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_README_LINES);
});

test('the index of the documentation names every page', () => {
  const named = new Set(linksOf('docs/README.md').map(({ file }) => file));
  const pages = userPages().filter((page) => /^docs\/[^/]+$/.test(page) && page !== 'docs/README.md');
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

/** Tables that a script writes are looked up, not read from the first line to the last. */
function withoutGenerated(markdown: string): string {
  return markdown.replace(/<!-- \w+: \S+ -->\s*\n(?:\|.*\n?)+/g, '');
}

describe('the pages of the platforms', () => {
  const TEMPLATE = [
    'Quick start',
    'What is sent',
    'Identity with the browser',
    'Limits',
    'Duplicates',
    'What a 200 proves',
    'When it is down or rejects events',
    'Replaying',
    'Unconfirmed',
  ];
  const pages = userPages().filter((page) => textOf(page).includes('\n## What a 200 proves\n'));

  test('are those of all platforms', async () => {
    const kinds = (await platforms()).map(({ destination: { kind = '' } }) => kind);
    const named = new Set(kinds.map((kind) => `docs/${kind.replace(/[A-Z]/g, '-$&').toLowerCase()}.md`));
    expect(pages.toSorted()).toEqual(
      [...named].filter((page) => page !== 'docs/console.md' && page !== 'docs/webhook.md').toSorted(),
    );
  });

  test.each(pages)('%s has the headings of all of them, in one order', (page) => {
    const headings = [...textOf(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    expect(headings.filter((heading) => TEMPLATE.includes(heading))).toEqual(TEMPLATE);
  });
});

describe('the reading of a page', () => {
  const page = [
    '# A `heading()` of *two*',
    'One two three. Four five (six) `seven eight`: nine',
    'ten!',
    '',
    '| a | table |',
    '',
    '```ts',
    'code(); // Not read.',
    '```',
    '- Eleven [twelve](x.md).',
  ].join('\n');

  test('finds its sentences', () => {
    expect(sentencesOf(page)).toEqual([
      'One two three.',
      'Four five (six) code: nine ten!',
      'Eleven twelve.',
    ]);
  });

  test('finds its headings as links name them', () => {
    expect([...anchorsOf('# `journal()`: two words\n## Twice\n## Twice')]).toEqual([
      'journal-two-words',
      'twice',
      'twice-1',
    ]);
  });
});
