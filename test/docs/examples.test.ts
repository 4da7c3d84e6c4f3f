import { describe, expect, test } from '@jest/globals';
import { compile, examplesOf, pages } from './examples.js';

/** The compiler reads Nest, every platform and every validator. */
const COMPILES_MS = 120_000;

describe('the pages', () => {
  test(
    'hold examples that compile as they stand',
    () => {
      expect(compile(pages().flatMap((page) => examplesOf(page)))).toEqual([]);
    },
    COMPILES_MS,
  );
});

describe('an example', () => {
  const page = [
    'Some text.',
    '```ts',
    `import { memory } from 'nestjs-tracking';`,
    `memory({ maxEvents: '10' });`,
    '```',
    '```ts fragment',
    'whatever(',
    '```',
  ].join('\n');

  test(
    'is compiled against the package, and told of by its line',
    () => {
      expect(compile(examplesOf('docs/page.md', page))).toEqual([
        `docs/page.md:4: Type 'string' is not assignable to type 'number'.`,
      ]);
    },
    COMPILES_MS,
  );

  test(
    'that registers a plan does not reach the others',
    () => {
      const registers = `import { defineTrackingPlan } from 'nestjs-tracking';\ndeclare module 'nestjs-tracking' {\n  interface Register { plan: 1 }\n}`;
      expect(
        compile([
          { page: 'docs/a.md', line: 1, text: registers },
          { page: 'docs/b.md', line: 1, text: page.split('\n')[2]! },
        ]),
      ).toEqual([]);
    },
    COMPILES_MS,
  );

  test(
    'that begins with its path can be imported by another of its page',
    () => {
      const module = { page: 'docs/page.md', line: 1, text: '// src/a.ts\nexport const a = 1;' };
      const user = { page: 'docs/page.md', line: 9, text: `import { a } from './src/a.js';\na.toFixed();` };
      expect(compile([module, user])).toEqual([]);
      expect(compile([{ ...user, page: 'docs/other.md' }, module])).toEqual([
        expect.stringContaining(`docs/other.md:10: Cannot find module './src/a.js'`),
      ]);
    },
    COMPILES_MS,
  );
});
