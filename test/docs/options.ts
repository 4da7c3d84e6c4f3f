import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './prose.js';

/** Option names by what takes them, such as `RetryOptions` or `TrackingService.flush`. */
export type OptionNames = Map<string, string[]>;

const ENTRY_POINTS = ['index', 'testing/index', 'terminus/index', 'opentelemetry/index'].map((name) =>
  join(root, 'lib', `${name}.ts`),
);

/** Methods whose options have no interface of their own, with the position of that parameter. */
const METHODS = { 'TrackingService.flush': 0 };

/** What the pages list: the first column of the table below each `<!-- options: Name -->`. */
export function listedOptions(): OptionNames {
  const pages = readdirSync(join(root, 'docs')).filter((name) => /^options.*\.md$/.test(name));
  const listed: OptionNames = new Map();
  for (const page of pages) {
    const text = readFileSync(join(root, 'docs', page), 'utf8');
    for (const [, name, table] of text.matchAll(/<!-- options: (\S+) -->\s*\n((?:\|.*\n?)+)/g)) {
      const rows = [...table!.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, option]) => option!);
      listed.set(name!, [...(listed.get(name!) ?? []), ...rows].toSorted());
    }
  }
  return listed;
}

/** What the types of the entry points take. */
export function typedOptions(): OptionNames {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(ENTRY_POINTS, options);
  const checker = program.getTypeChecker();
  const exported = ENTRY_POINTS.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!),
  ).map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));

  const interfaces = exported.filter(({ name, flags }) => flags & ts.SymbolFlags.Interface && isTaken(name));
  const typed: OptionNames = new Map();
  for (const symbol of interfaces) {
    // What a listed interface declares that this one extends stands in the table of that one.
    const inherited = new Set(
      basesOf(symbol, checker)
        .filter((base) => interfaces.includes(base))
        .flatMap((base) => checker.getDeclaredTypeOfSymbol(base).getProperties())
        .map(({ declarations: [declaration] = [] }) => declaration),
    );
    const own = checker
      .getDeclaredTypeOfSymbol(symbol)
      .getProperties()
      .filter(({ declarations: [declaration] = [] }) => !inherited.has(declaration));
    typed.set(symbol.name, own.flatMap((property) => namesOf(property, checker)).toSorted());
  }
  for (const [path, position] of Object.entries(METHODS)) {
    const [owner, method] = path.split('.');
    const type = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === owner)!);
    const declaration = type.getProperty(method!)!.valueDeclaration as ts.MethodDeclaration;
    const parameter = checker.getTypeAtLocation(declaration.parameters[position]!);
    const members = checker.getNonNullableType(parameter).getProperties();
    typed.set(path, members.map(({ name }) => name).toSorted());
  }
  return typed;
}

/** What stands in the `extends` of an interface, also within `Omit<…>`. */
function basesOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const bases: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const named = checker.getSymbolAtLocation(node);
      if (named !== undefined)
        bases.push(named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named);
    }
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isInterfaceDeclaration(declaration)) declaration.heritageClauses?.forEach(visit);
  }
  return bases;
}

function isTaken(name: string): boolean {
  return /(Options|Rules)$/.test(name);
}

/** The name of an option, or, where it is an object without a name of its own, `option.member` for each of its members. */
function namesOf(property: ts.Symbol, checker: ts.TypeChecker): string[] {
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const literal =
    type.aliasSymbol?.name === 'OptionsOf' ||
    type.symbol?.declarations?.some((declaration) => ts.isTypeLiteralNode(declaration));
  const members = type.getProperties();
  if (literal !== true || type.getCallSignatures().length > 0 || members.length === 0) return [property.name];
  return members.map(({ name }) => `${property.name}.${name}`);
}
