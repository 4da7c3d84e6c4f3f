import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import ts from 'typescript';
import { hostWith, INSTALLED, installedPackage } from './built-declarations.js';

/*
 * Every type that a public declaration names can be imported. Otherwise an application that emits declarations cannot name what
 * it exports (TS2883), and nobody can annotate a variable.
 */

/** What only the package and Nest hand over, and what only the compiler looks at. */
const NOT_FOR_USERS = new Set(['TrackingRuntime', 'CallEnd', 'Unfitting', 'OptionsOf']);

const ENTRIES = [
  'index',
  'testing/index',
  'testing/jest',
  'testing/vitest',
  'terminus/index',
  'opentelemetry/index',
];

const files = ENTRIES.map((entry) => join(INSTALLED, `dist/esm/${entry}.d.ts`));
const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  skipLibCheck: true,
  types: ['node'],
};
const program = ts.createProgram(files, options, hostWith(installedPackage(), options));
const checker = program.getTypeChecker();
const real = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
const exported = new Set(
  files.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!).map(real),
  ),
);

test.each(['KissmetricsOptions', 'WebhookOptions', 'FakeDestinationOptions', 'BatchOptions'])(
  'an editor shows a sentence for each option of %s, whose types come from rows',
  (name) => {
    const found = [...exported].find((symbol) => symbol.name === name)!;
    const members = checker.getDeclaredTypeOfSymbol(found).getProperties();
    const silent = members.filter(
      (member) => ts.displayPartsToString(member.getDocumentationComment(checker)) === '',
    );
    expect(members.length).toBeGreaterThan(2);
    expect(silent.map((member) => member.name)).toEqual([]);
  },
);

test('every name in the public declarations is exported by an entry point', () => {
  const missing = new Set<string>();
  const visit = (node: ts.Node, owner: string): void => {
    // An alias is named or written out, and `implements` says nothing to a caller.
    if (ts.isTypeAliasDeclaration(node)) return;
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return;
    if (
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
    )
      return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isTypeQueryNode(node)
        ? node.exprName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : undefined;
    const found = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    const symbol = found === undefined ? undefined : real(found);
    if (symbol !== undefined && isOurs(symbol) && !exported.has(symbol) && !NOT_FOR_USERS.has(symbol.name))
      missing.add(`${symbol.name}, named by ${owner}`);
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      if (declaration.getSourceFile().fileName.startsWith(INSTALLED)) visit(declaration, symbol.name);
    }
  }
  expect(exported.size).toBeGreaterThan(100);
  expect([...missing].toSorted()).toEqual([]);
});

/** What a file of the package exports to others; an alias of a file's own is written out where it is used. */
function isOurs(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (each) =>
      each.getSourceFile().fileName.startsWith(INSTALLED) &&
      ts.isSourceFile(each.parent) &&
      ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Export,
  );
}
