import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Where programs find the package, as if it were installed; nothing of it is on disk. */
export const INSTALLED = join(ROOT, 'test/types/node_modules/nestjs-tracking');

let built: ReadonlyMap<string, string> | undefined;

/**
 * The package as an application sees it: its manifest and the declarations that a build makes of the sources, for ESM and
 * for CommonJS. Made once per process, without checking anything.
 */
export function installedPackage(): ReadonlyMap<string, string> {
  return (built ??= build());
}

function build(): ReadonlyMap<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.build.json'),
    { emitDeclarationOnly: true, sourceMap: false, inlineSources: false, noCheck: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => raise(problem) },
  )!;
  const files = new Map<string, string>();
  files.set(join(INSTALLED, 'package.json'), readFileSync(join(ROOT, 'package.json'), 'utf8'));
  files.set(join(INSTALLED, 'dist/cjs/package.json'), '{"type":"commonjs"}');
  const esm = join(ROOT, 'dist/esm');
  const { emitSkipped } = ts.createProgram(config.fileNames, config.options).emit(undefined, (path, text) => {
    for (const shape of ['esm', 'cjs']) {
      files.set(path.replace(esm, join(INSTALLED, 'dist', shape)), text);
    }
  });
  if (emitSkipped) throw new Error('nothing was emitted');
  return files;
}

function raise(problem: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
}

const sources = new Map<string, ts.SourceFile>();

/** Reads from memory what is there, and the rest from the disk; libraries are parsed once for all programs. */
export function hostWith(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const disk = ts.createCompilerHost(options, true);
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let folder = dirname(path); !folders.has(folder) && folder !== '/'; folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return {
    ...disk,
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    directoryExists: (path) => folders.has(path) || disk.directoryExists!(path),
    realpath: (path) => path,
    getSourceFile: (path, languageVersion, ...rest) => {
      const own = path.startsWith(join(ROOT, 'test/types/')) && !path.startsWith(INSTALLED);
      // A file's module format belongs to it, and so to what it is remembered by.
      const key = `${path} ${JSON.stringify(languageVersion)}`;
      if (!own && sources.has(key)) return sources.get(key);
      const text = files.get(path);
      const source =
        text === undefined
          ? disk.getSourceFile(path, languageVersion, ...rest)
          : ts.createSourceFile(path, text, languageVersion, true);
      if (!own && source !== undefined) sources.set(key, source);
      return source;
    },
  };
}
