import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A doc comment that an editor shows to users of the package. */
export interface PublicComment {
  /** The file below the root, and the name, such as `lib/options.ts: RetryOptions.maxDelayMs`. */
  readonly name: string;
  readonly text: string;
}

/** The doc comments of all exports of entry points, and of the members of their types, wherever they are declared. */
export function publicComments(entryPoints: readonly string[]): PublicComment[] {
  const program = ts.createProgram(
    entryPoints.map((path) => ROOT + path),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: [],
      skipLibCheck: true,
      strict: true,
    },
  );
  const checker = program.getTypeChecker();
  const found = new Map<string, PublicComment>();
  const seen = new Set<ts.Declaration>();
  const visit = (symbol: ts.Symbol, owner: string): void => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    for (const declaration of own.declarations ?? []) {
      const file = relative(ROOT, declaration.getSourceFile().fileName);
      if (!file.startsWith('lib/') || seen.has(declaration)) continue;
      seen.add(declaration);
      const name = `${owner}${own.name}`;
      for (const { text, at } of commentsOf(declaration)) {
        found.set(`${file}:${at}`, { name: `${file}: ${name}`, text });
      }
      for (const member of membersOf(declaration)) visit(member, `${name}.`);
    }
  };
  const membersOf = (declaration: ts.Declaration): ts.Symbol[] => {
    const members: ts.Symbol[] = [];
    const collect = (node: ts.Node): void => {
      if (isMember(node) && !isHidden(node)) {
        const symbol = node.name && checker.getSymbolAtLocation(node.name);
        if (symbol !== undefined) members.push(symbol);
      }
      if (ts.isFunctionLike(node) || ts.isBlock(node)) return;
      ts.forEachChild(node, collect);
    };
    ts.forEachChild(declaration, collect);
    return members;
  };
  for (const path of entryPoints) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(ROOT + path)!)!;
    for (const symbol of checker.getExportsOfModule(module)) visit(symbol, '');
  }
  return [...found.values()];
}

function isMember(node: ts.Node): node is ts.ClassElement | ts.TypeElement {
  return ts.isTypeElement(node) || ts.isClassElement(node);
}

function isHidden(node: ts.ClassElement | ts.TypeElement): boolean {
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

function commentsOf(declaration: ts.Declaration): { text: string; at: number }[] {
  const source = declaration.getSourceFile();
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts
    .getJSDocCommentsAndTags(node)
    .flatMap((comment) =>
      ts.isJSDoc(comment) ? [{ text: comment.getText(source), at: comment.getStart(source) }] : [],
    );
}
