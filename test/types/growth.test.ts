import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import ts from 'typescript';
import { hostWith, installedPackage, ROOT } from './built-declarations.js';
import { type Kind, RECORDED, sample, SAMPLE_FILES, type SampleSetup } from './sample.js';

const EVENTS = 200;
/** What registering a plan may add to what the compiler does without it. */
const MOST = 1.1;

describe.each(['zod', 'plain'] as const)('a plan of 200 events, by %s', (kind: Kind) => {
  const without = compile({ kind, events: EVENTS, registered: false });
  const registered = compile({ kind, events: EVENTS, registered: true });

  test('is known to a sample of 60 files', () => {
    expect(SAMPLE_FILES).toBe(60);
    expect(without.errors).toEqual([]);
    expect(registered.errors).toEqual([]);
  });

  test('grows the types by less than a tenth', () => {
    expect(registered.types).toBeGreaterThan(without.types);
    expect(registered.types / without.types).toBeLessThan(MOST);
  });

  test('adds little for each place where something is recorded, and nothing for what is not', () => {
    const added = registered.instantiations - without.instantiations;
    expect(added / RECORDED).toBeLessThan(kind === 'zod' ? 500 : 300);
    // Without a validator's types there are hardly any instantiations that a part could be taken of.
    if (kind === 'zod') expect(registered.instantiations / without.instantiations).toBeLessThan(MOST);
  });

  test('is really known: a wrong name in the last file is an error', () => {
    const misspelt = (text: string): string =>
      text.replace("track('Thing 22 Cancelled'", "track('Thing 22 Canceled'");
    const program = programOf({ kind, events: EVENTS, registered: true }, misspelt);
    const last = program.getSourceFiles().filter(({ text }) => text.includes("'Thing 22 Canceled'"));
    expect(last.flatMap((file) => textsOf(program.getSemanticDiagnostics(file)))).toEqual([
      expect.stringContaining('"Thing 22 Canceled"'),
    ]);
  });
});

function compile(setup: SampleSetup): { errors: string[]; types: number; instantiations: number } {
  const program = programOf(setup);
  const errors = textsOf(ts.getPreEmitDiagnostics(program));
  return { errors, types: program.getTypeCount(), instantiations: program.getInstantiationCount() };
}

function textsOf(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function programOf(setup: SampleSetup, edit: (text: string) => string = (text) => text): ts.Program {
  const folder = join(ROOT, 'test/types/programs/sample');
  const own = [...sample(setup)].map(([path, text]) => [join(folder, path), edit(text)] as const);
  const { options } = ts.parseJsonConfigFileContent(
    { extends: join(ROOT, 'tsconfig.json'), files: [] },
    ts.sys,
    folder,
  );
  const { paths: _, ...rest } = options;
  return ts.createProgram(
    own.map(([path]) => path),
    rest,
    hostWith(new Map([...installedPackage(), ...own]), rest),
  );
}
