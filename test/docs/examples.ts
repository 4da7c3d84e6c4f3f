import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What examples take for granted. */
const APPLICATION = fileURLToPath(new URL('application.d.ts', import.meta.url));

/** One example of a page, as it stands there. */
export interface Example {
  /** The page, from the root of the repository. */
  readonly page: string;
  /** The line of its fence. */
  readonly line: number;
  readonly text: string;
}

/** Pages that hold examples: the README, and everything in docs/ that is not a record of the past. */
export function pages(): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`).toSorted()];
}

/** The examples of a page that are whole: fenced as `ts`. What is fenced as `ts fragment` leaves out what stands elsewhere. */
export function examplesOf(page: string, markdown = readFileSync(join(root, page), 'utf8')): Example[] {
  const found: Example[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)```(?:ts|typescript)\s*$/.exec(lines[i]!);
    if (fence === null) continue;
    const line = i + 1;
    const body: string[] = [];
    while (++i < lines.length && lines[i]!.trim() !== '```') body.push(lines[i]!.slice(fence[1]!.length));
    found.push({ page, line, text: body.join('\n') });
  }
  return found;
}

/**
 * What the compiler has to say about examples, each a module of its own. One that registers a tracking plan is compiled
 * alone, because a registration reaches the whole program.
 *
 * @returns one line for each error, such as `docs/testing.md:12: Cannot find name 'AppModule'.`
 */
export function compile(examples: readonly Example[]): string[] {
  const alone = examples.filter(({ text }) => text.includes('interface Register'));
  const together = examples.filter((example) => !alone.includes(example));
  return [together, ...alone.map((example) => [example])].flatMap(errorsOf);
}

/** An example that begins with its path (`// src/app.module.ts`) can be imported by the others of its page. */
function pathOf({ line, text }: Example): string {
  return /^\/\/ (src\/\S+\.ts)\n/.exec(text)?.[1] ?? `${line}.ts`;
}

/** The files of the README's quick start, for pages whose examples import them. */
function quickStartFor(examples: readonly Example[]): Map<string, Example> {
  const files = new Map<string, Example>();
  const quickStart = examplesOf('README.md');
  for (const { page, text } of examples) {
    for (const [file, name] of Object.entries(QUICK_START)) {
      if (!text.includes(`from './${file}.js'`)) continue;
      const example = quickStart.find((each) => each.text.includes(`export class ${name} `));
      if (example !== undefined) files.set(join(root, page, `src/${file}.ts`), example);
    }
  }
  return files;
}

/** Where a reader of the quick start has its classes. */
const QUICK_START = {
  'app.module': 'AppModule',
  'orders.controller': 'OrdersController',
  'subscriptions.service': 'SubscriptionsService',
};

/** Parsed once for all programs: the sources, Nest and the libraries of the language. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function errorsOf(examples: readonly Example[]): string[] {
  if (examples.length === 0) return [];
  const byFile = new Map<string, Example>();
  for (const each of examples) {
    const named = join(root, each.page, pathOf(each));
    byFile.set(byFile.has(named) ? join(dirname(named), `${each.line}.ts`) : named, each);
  }
  const files = new Map([...quickStartFor(examples), ...byFile]);
  const host = ts.createCompilerHost(OPTIONS);
  const plain = ts.createCompilerHost(OPTIONS);
  const folders = new Set([...files.keys()].map((file) => dirname(file)));
  host.fileExists = (file) => files.has(file) || plain.fileExists(file);
  host.directoryExists = (folder) => folders.has(folder) || (plain.directoryExists?.(folder) ?? true);
  host.readFile = (file) => files.get(file)?.text ?? plain.readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const example = files.get(file);
    // What imports nothing is a module all the same.
    if (example !== undefined) {
      return ts.createSourceFile(file, `${example.text}\nexport {};\n`, version, true);
    }
    if (!parsed.has(file)) parsed.set(file, plain.getSourceFile(file, version, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram([...byFile.keys(), APPLICATION], OPTIONS, host);
  return [...byFile].flatMap(([file, { page, line }]) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) =>
        `${page}:${line + 1 + source.getLineAndCharacterOfPosition(start).line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

const OPTIONS: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config,
    ts.sys,
    root,
  ).options,
  // Decorators of what is imported as a type, and unused names, are nobody's concern in an example.
  noUnusedLocals: false,
  isolatedModules: false,
  verbatimModuleSyntax: false,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};
