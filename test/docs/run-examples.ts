import { createRequire } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import type { Example } from './examples.js';

/** The path that an example begins with, such as `src/app.module.ts`. */
export function pathOf({ text }: Example): string | undefined {
  return /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
}

/**
 * Runs the examples of a page that begin with their path, for real: they import each other and the given modules.
 *
 * @returns imports one of them, by its path
 */
export function runExamples(
  examples: readonly Example[],
  modules: Readonly<Record<string, unknown>>,
): (path: string) => Record<string, unknown> {
  const require = createRequire(import.meta.url);
  const loaded = new Map<string, Record<string, unknown>>();
  const load = (path: string): Record<string, unknown> => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const example = examples.find((each) => pathOf(each) === path);
    if (example === undefined) throw new Error(`No example begins with // ${path}`);
    const exports: Record<string, unknown> = {};
    loaded.set(path, exports);
    const resolve = (name: string): unknown => {
      if (name.startsWith('.')) return load(posix.join(posix.dirname(path), name.replace(/\.js$/, '.ts')));
      return modules[name] ?? require(name);
    };
    // oxlint-disable-next-line typescript/no-implied-eval -- the examples of our own pages
    new Function('require', 'exports', compiled(example.text))(resolve, exports);
    return exports;
  };
  return load;
}

function compiled(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }).outputText;
}
