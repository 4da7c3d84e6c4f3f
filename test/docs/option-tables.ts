import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { DEFAULT_LIMITS } from '../../lib/destinations/destination.js';
import type { DestinationFacts } from '../../lib/destinations/destination-options.js';
import type { Row, Rows } from '../../lib/config/option.js';
import { root, textOf } from './prose.js';

/** Rows that depend on the facts of a destination, a destination's table, or plain rows. */
type Declared =
  ((facts: DestinationFacts) => Rows) | { readonly own: Rows; readonly facts?: DestinationFacts } | Rows;

/** Options as one file declares them. */
export interface DeclaredOptions {
  /** The interface that applications see, such as `WebhookOptions`. */
  readonly name: string;
  /** The file, from lib/. */
  readonly file: string;
  readonly declaration: ts.VariableDeclaration;
  readonly value: Declared;
}

/** What the doc comment of a row says. */
interface Comment {
  readonly meaning: string;
  readonly default?: string;
}

const ANY: DestinationFacts = { kind: 'custom', limits: DEFAULT_LIMITS };
/** A default that a program can compare, in place of one in words. */
const LITERAL = /^(?:'.*'|[\d,]+|true|false)$/;

/** All options that are declared as rows. */
export async function declaredOptions(): Promise<DeclaredOptions[]> {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('-options.ts'));
  const declared: DeclaredOptions[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(root, 'lib', file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const [name, declaration] of rowsByInterface(source)) {
      const module = (await import(`../../lib/${file.replace(/\.ts$/, '.js')}`)) as Record<string, Declared>;
      declared.push({ name, file, declaration, value: module[declaration.name.getText()]! });
    }
  }
  return declared.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The tables of all options that are declared as rows, by the name of their interface. */
export async function optionTables(): Promise<Map<string, string>> {
  const declared = await declaredOptions();
  const facts = declared.flatMap(({ value }) =>
    'facts' in value && value.facts !== undefined ? [value.facts as DestinationFacts] : [],
  );
  return new Map(
    declared.map(({ name, declaration, value }) => [name, tableOf(commentsOf(declaration), value, facts)]),
  );
}

/** A page with its tables as they are declared, each below a marker such as `<!-- options: WebhookOptions -->`. */
export function withTables(page: string, tables: ReadonlyMap<string, string>, marker = 'options'): string {
  return page.replace(
    new RegExp(`(<!-- ${marker}: (\\S+) -->\\s*\\n)((?:\\|.*\\n?)+)`, 'g'),
    (before, above: string, name: string) => {
      const table = tables.get(name);
      return table === undefined ? before : above + table;
    },
  );
}

/** The table of some rows. Throws where a doc comment and its row disagree. */
export function tableOf(
  comments: ReadonlyMap<string, Comment>,
  declared: Declared,
  destinations: readonly DestinationFacts[] = [],
): string {
  const rows = rowsOf(declared, ANY);
  const lines = listed(rows).map(([path, name, row]) => {
    const comment = comments.get(name);
    if (comment === undefined) throw new Error(`The option ${name} has no doc comment`);
    const others = typeof declared === 'function' ? othersOf(name, row, declared, destinations) : [];
    const isOwn = typeof declared !== 'function';
    const cells = [`\`${path}\``, row.type, [defaultOf(name, row, comment, isOwn), ...others].join('; ')];
    return `| ${[...cells, comment.meaning].join(' | ')} |\n`;
  });
  return `| option | type | default | meaning |\n| --- | --- | --- | --- |\n${lines.join('')}`;
}

/** The rows with their paths and names: `shutdown.timeoutMs` of `shutdown`, which has no interface of its own. */
function listed(rows: Rows, before = ''): [path: string, name: string, row: Row<unknown>][] {
  return Object.entries(rows).flatMap(([name, row]) => {
    const { members } = row;
    return members === undefined ? [[before + name, name, row]] : listed(members, `${before}${name}.`);
  });
}

/** Doc comments of the members of object literals in a declaration. */
export function commentsOf(declaration: ts.Node): Map<string, Comment> {
  const comments = new Map<string, Comment>();
  const visit = (node: ts.Node): void => {
    const doc = ts.isPropertyAssignment(node)
      ? ts.getJSDocCommentsAndTags(node).find((each) => ts.isJSDoc(each))
      : undefined;
    if (doc !== undefined) {
      const name = (node as ts.PropertyAssignment).name.getText();
      const tag = doc.tags?.find(({ tagName }) => tagName.text === 'default');
      comments.set(name, {
        meaning: meaningOf(ts.getTextOfJSDocComment(doc.comment) ?? ''),
        ...(tag !== undefined && { default: ts.getTextOfJSDocComment(tag.comment) ?? '' }),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return comments;
}

/** The first paragraph, with its page as a link. */
function meaningOf(comment: string): string {
  const [first = ''] = comment.split(/\n\s*\n/);
  return first
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replace(/\bSee docs\/([\w-]+)\.md(#[\w-]+)?/g, (_, page: string, anchor = '') =>
      anchor !== '' && (page === 'options-destinations' || page === 'options')
        ? `See [below](${anchor})`
        : `See [${titleOf(page)}](${page}.md${anchor})`,
    );
}

function titleOf(page: string): string {
  return /^# (.*)/.exec(textOf(`docs/${page}.md`))![1]!;
}

function defaultOf(name: string, row: Row<unknown>, { default: said }: Comment, isOwn: boolean): string {
  if (row.presence === 'required' || row.presence === 'always') return 'required';
  if (said === undefined) throw new Error(`The doc comment of the option ${name} has no @default`);
  const real = shown(row.fallback);
  if (real !== undefined && said !== real && (isOwn || LITERAL.test(said))) {
    throw new Error(`The doc comment of the option ${name} says @default ${said}, and its row ${real}`);
  }
  return LITERAL.test(said) && !/^\d/.test(said) ? `\`${said}\`` : said;
}

/** Defaults of single destinations that differ. */
function othersOf(
  name: string,
  row: Row<unknown>,
  declared: (facts: DestinationFacts) => Rows,
  destinations: readonly DestinationFacts[],
): string[] {
  const usual = shown(row.fallback);
  if (usual === undefined || row.fallback === ANY.kind) return [];
  return destinations.flatMap((facts) => {
    const own = shown(declared(facts)[name]!.fallback);
    return own === usual ? [] : [`\`${facts.kind}()\` ${own}`];
  });
}

/** The rows of options that are declared as they are. */
export function rowsOf(declared: Declared, facts: DestinationFacts = ANY): Rows {
  if (typeof declared === 'function') return declared(facts);
  return 'own' in declared ? (declared.own as Rows) : declared;
}

/** A default as a doc comment says it; none for one that is an object. */
function shown(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : `'${value}'`;
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return typeof value === 'boolean' ? String(value) : undefined;
}

/** `interface X extends OptionsOf<typeof rows>`: the declaration of `rows` by `X`. */
function rowsByInterface(source: ts.SourceFile): Map<string, ts.VariableDeclaration> {
  const variables = source.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  const found = new Map<string, ts.VariableDeclaration>();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    const extended = (statement.heritageClauses ?? []).map((clause) => clause.getText()).join();
    const rows = /OptionsOf<(?:ReturnType<)?typeof (\w+)/.exec(extended)?.[1];
    const declaration = variables.find(({ name }) => name.getText() === rows);
    if (declaration !== undefined) found.set(statement.name.text, declaration);
  }
  return found;
}
