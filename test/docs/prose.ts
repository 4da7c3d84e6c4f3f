import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Pages that a user reads, from the root of the repository. */
export function userPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...docs.toSorted()];
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Words as `wc -w` counts them. */
export function wordCount(markdown: string): number {
  return markdown.split(/\s+/).filter((word) => word !== '').length;
}

/** The sentences of paragraphs and lists, without code, tables, headings and comments. */
export function sentencesOf(markdown: string): string[] {
  const plain = markdown
    .replace(/^\s*```[^\n]*\n[^]*?^\s*```\s*$/gm, '\n\n')
    .replace(/<!--[^]*?-->/g, '')
    .replace(/^\s*\|.*$/gm, '\n')
    .replace(/^#+ .*$/gm, '\n')
    .replace(/^\s*([-*]|\d+\.) /gm, '\n\n')
    .replace(/`[^`]*`/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
  return plain
    .split(/\n\s*\n/)
    .flatMap((block) => block.replace(/\s+/g, ' ').split(/(?<=[.!?:]["')*_]*)\s+(?=["'(*_]*[A-Z\d])/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[a-z]/.test(sentence));
}

export function averageLength(markdown: string): number {
  const lengths = sentencesOf(markdown).map(
    (sentence) => sentence.split(' ').filter((word) => /\w/.test(word)).length,
  );
  return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
}

/** What a heading is called in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutCode(markdown).matchAll(/^#+ (.*)$/gm)) {
    const anchor = anchorOf(heading!);
    let unique = anchor;
    for (let i = 1; anchors.has(unique); i++) unique = `${anchor}-${i}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The targets of a page's links into the repository. */
export function linksOf(page: string): { readonly file: string; readonly anchor: string | undefined }[] {
  return [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path, anchor] = target.split('#') as [string, string | undefined];
      return { file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^\s*```[^\n]*\n[^]*?^\s*```\s*$/gm, '').replace(/`[^`\n]*`/g, (code) =>
    // A heading keeps the words of its code, a link in code is none.
    code.replace(/[`[\]]/g, ''),
  );
}
