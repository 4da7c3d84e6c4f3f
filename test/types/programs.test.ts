import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { hostWith, installedPackage, ROOT } from './built-declarations.js';

/*
 * Each folder of programs/ is an application that registers a plan, or none: what one registers holds for all of its files.
 * A line that says `@ts-expect-error -- what` stands before code that must not compile; one that says `compiles: what`
 * before code that must. They are compiled against the declarations of the package, as applications are.
 */

const PROGRAMS = join(ROOT, 'test/types/programs');
const MISTAKE = /^\s*\/\/ @ts-expect-error -- (.+)$/;
const FINE = /^\s*\/\/ compiles: (.+)$/;

interface Case {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly fails: boolean;
  readonly errors: string[];
}

const programs = readdirSync(PROGRAMS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const compiled = new Map(programs.map((program) => [program, compile(program)]));

describe.each(programs)('in an application with a plan of %s', (program) => {
  const { cases, strays, shapes } = compiled.get(program)!;

  test('nothing else is wrong', () => {
    expect(strays).toEqual([]);
    expect(shapes).toEqual([program === 'commonjs' ? 'cjs' : 'esm']);
  });

  const failing = cases.filter(({ fails }) => fails);
  if (failing.length > 0)
    test.each(failing.map((one) => [one.what, one] as const))(
      'is an error: %s',
      (_, { file, line, errors }) => {
        expect({ file, line, isError: errors.length > 0 }).toEqual({ file, line, isError: true });
      },
    );

  test.each(cases.filter(({ fails }) => !fails).map((one) => [one.what, one] as const))(
    'compiles: %s',
    (_, { file, line, errors }) => {
      expect({ file, line, errors }).toEqual({ file, line, errors: [] });
    },
  );
});

test('there are enough cases of both kinds', () => {
  const all = [...compiled.values()].flatMap(({ cases }) => cases);
  expect(all.filter(({ fails }) => fails).length).toBeGreaterThanOrEqual(60);
  expect(all.filter(({ fails }) => !fails).length).toBeGreaterThanOrEqual(40);
});

describe('an error can be read', () => {
  const { cases } = compiled.get('zod')!;
  test.each([
    [
      'a name that the plan has not',
      /^Argument of type '"Order Complete"' is not assignable to parameter of type '"Order Completed" \|/,
    ],
    ['no properties where some are required', /^Expected 2-3 arguments, but got 1\.$/],
    ['a property of a wrong type', /^Type 'string' is not assignable to type 'number'\.$/],
    [
      'a property that the plan has not',
      /^Object literal may only specify known properties, and 'currency' does not exist in type/,
    ],
    [
      'a misspelt optional property',
      /has no properties in common with type '\{ path\?: string \| undefined; \}'\.$/,
    ],
    ['a required trait is missing', /Property 'plan' is missing in type/],
    ['no options where properties are required', /^Expected 2 arguments, but got 1\.$/],
    ['options without the properties that are required', /Property 'properties' is missing in type/],
    [
      'a function that returns a wrong type',
      /The types of 'revenue' are incompatible between these types\.\n\s+Type 'string' is not assignable to type 'number'\.$/,
    ],
    [
      'a function that leaves out what is required',
      /Property 'revenue' is missing in type '\{ orderId: string; \}'/,
    ],
    [
      'a function that returns more than the plan has',
      /Types of property 'to' are incompatible\.\n\s+Type 'string' is not assignable to type 'never'\.$/,
    ],
    [
      'a function that returns no word of the enumeration',
      /Type '"gold"' is not assignable to type '"free" \| "pro" \| undefined'\.$/,
    ],
  ])('%s', (what, message) => {
    expect(cases.find((one) => one.what === what)?.errors.join('\n')).toMatch(message);
  });
});

/** Compiles a program; `shapes` are those of the package that it came to. */
function compile(program: string): { cases: Case[]; strays: string[]; shapes: string[] } {
  const folder = join(PROGRAMS, program);
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    },
  )!;
  const { paths: _, ...options } = config.options;
  const files = new Map(installedPackage());
  const cases: Case[] = [];
  for (const file of config.fileNames) {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const [index, text] of lines.entries()) {
      const mistake = MISTAKE.exec(text)?.[1];
      const what = mistake ?? FINE.exec(text)?.[1];
      if (what === undefined) continue;
      cases.push({
        file: file.slice(folder.length + 1),
        line: index + 1,
        what,
        fails: mistake !== undefined,
        errors: [],
      });
    }
    // Without the directive the compiler tells what it found.
    files.set(file, lines.join('\n').replaceAll('@ts-expect-error', 'expect-error'));
  }
  const compiler = ts.createProgram(config.fileNames, options, hostWith(files, options));
  const strays: string[] = [];
  for (const file of config.fileNames) {
    const source = compiler.getSourceFile(file)!;
    const own = cases.filter((one) => join(folder, one.file) === file);
    for (const { start = 0, messageText } of [
      ...compiler.getSyntacticDiagnostics(source),
      ...compiler.getSemanticDiagnostics(source),
      ...(options.declaration === true ? compiler.getDeclarationDiagnostics(source) : []),
    ]) {
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      // It belongs to the last case before it, unless that has ended meanwhile.
      const before = own.findLast((one) => one.line < line);
      if (before === undefined || hasEnded(source, before.line, line))
        strays.push(`${file}:${line} ${message}`);
      else before.errors.push(message);
    }
  }
  const shapes = ['cjs', 'esm'].filter((shape) =>
    compiler
      .getSourceFiles()
      .some(({ fileName }) => fileName.endsWith(`/nestjs-tracking/dist/${shape}/index.d.ts`)),
  );
  return { cases, strays, shapes };
}

/** Whether a blank line lies between a case and a line. */
function hasEnded(source: ts.SourceFile, from: number, to: number): boolean {
  return source.text
    .split('\n')
    .slice(from, to)
    .some((line) => line.trim() === '');
}
