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
  const declarations = new Set(interfaces.flatMap((symbol) => symbol.declarations ?? []));
  const typed: OptionNames = new Map();
  for (const symbol of interfaces) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const own = type.getProperties().filter(({ declarations: [declaration] = [] }) => {
      // What another listed interface declares stands in its table.
      const parent = declaration?.parent;
      return !declarations.has(parent as ts.Declaration) || symbol.declarations!.includes(parent as never);
    });
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

function isTaken(name: string): boolean {
  return /(Options|Rules)$/.test(name);
}

/** The name of an option, or, where it is an object without a name of its own, `option.member` for each of its members. */
function namesOf(property: ts.Symbol, checker: ts.TypeChecker): string[] {
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const literal = type.symbol?.declarations?.some((declaration) => ts.isTypeLiteralNode(declaration));
  const members = type.getProperties();
  if (literal !== true || type.getCallSignatures().length > 0 || members.length === 0) return [property.name];
  return members.map(({ name }) => `${property.name}.${name}`);
}
