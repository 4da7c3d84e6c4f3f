import { transform, type Options } from '@swc/core';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGES = [
  '@nestjs',
  'rxjs',
  'reflect-metadata',
  'commander',
  'cookie',
  'ipaddr.js',
  'undici',
  'zod',
  'tslib',
  'uid',
  'iterare',
  'fast-safe-stringify',
  'path-to-regexp',
  'load-esm',
  'file-type',
];

/** A folder with the installed package and two built applications: one as ESM, one as CommonJS. */
export class BuiltApplications {
  readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-tracking-plan-'));
  readonly cli = join(this.folder, 'node_modules/nestjs-tracking/dist/esm/cli/main.js');

  /** Compiles the package. Its dependencies are those of this repository. */
  async install(): Promise<void> {
    const installed = join(this.folder, 'node_modules/nestjs-tracking');
    mkdirSync(installed, { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
    for (const name of PACKAGES) {
      try {
        symlinkSync(join(ROOT, 'node_modules', name), join(this.folder, 'node_modules', name));
      } catch {
        // Not installed: the installed Nest does not need it.
      }
    }
    const files = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    for (const shape of ['es6', 'commonjs'] as const) {
      const folder = join(installed, 'dist', shape === 'es6' ? 'esm' : 'cjs');
      await Promise.all(
        files.map(async (file) => {
          await compile(join(ROOT, 'lib', file), join(folder, file.replace(/\.ts$/, '.js')), shape);
        }),
      );
      if (shape === 'commonjs') writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    }
  }

  /** Compiles an application's sources, by name; returns its folder. */
  async build(name: string, shape: 'es6' | 'commonjs', sources: Record<string, string>): Promise<string> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ type: shape === 'es6' ? 'module' : 'commonjs' }),
    );
    for (const [file, text] of Object.entries(sources)) {
      writeFileSync(join(folder, `${file}.ts`), text);
      await compile(join(folder, `${file}.ts`), join(folder, `${file}.js`), shape);
    }
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function compile(from: string, to: string, type: 'es6' | 'commonjs'): Promise<void> {
  const options: Options = {
    swcrc: false,
    module: { type },
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  };
  const { code } = await transform(readFileSync(from, 'utf8'), options);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, code);
}
