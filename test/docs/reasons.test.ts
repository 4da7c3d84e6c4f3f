import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { REASONS } from '../../lib/event/reasons.js';
import { root, textOf } from './prose.js';

describe('the page of reasons', () => {
  const page = textOf('docs/reasons.md');
  const [reasons, notices] = page.split('## Notices') as [string, string];

  test('lists every reason, and no other', () => {
    expect(wordsOf(reasons)).toEqual([...REASONS].toSorted());
  });

  test('lists every notice, and no other', () => {
    expect(wordsOf(notices)).toEqual(noticesOfType());
  });
});

/** The words in the first column of its tables. */
function wordsOf(markdown: string): string[] {
  const words = [...markdown.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, word]) => word!),
  );
  const declined = [...(/## A destination declined[^#]*/.exec(markdown)?.[0] ?? '').matchAll(/`([a-z_]+)`/g)];
  return [...new Set([...words, ...declined.map(([, word]) => word!)])].toSorted();
}

/** Notices are a type only. */
function noticesOfType(): string[] {
  const file = join(root, 'lib/observe/notices.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const type = source.statements.find(ts.isTypeAliasDeclaration)!.type as ts.UnionTypeNode;
  return type.types
    .map((member) => ((member as ts.LiteralTypeNode).literal as ts.StringLiteral).text)
    .toSorted();
}
