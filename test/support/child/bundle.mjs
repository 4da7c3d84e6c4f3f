// node bundle.mjs <program.ts>: makes one file of a program, of the sources and of Nest, and prints its path. Loading 700 files
// takes a process four times as long as loading one, and some tests start a hundred processes.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { rolldown } from 'rolldown';
import { SWC_OPTIONS } from './swc-options.mjs';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/nestjs-tracking/', import.meta.url));
/** Optional modules of Nest, which no application here uses. */
const OPTIONAL = [/^@nestjs\/(?!common|core)/, /^@opentelemetry\//, 'class-transformer', 'class-validator'];

const bundle = await rolldown({
  input: process.argv[2],
  platform: 'node',
  external: OPTIONAL,
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  // As everywhere in the tests, with the metadata of decorators.
  plugins: [
    {
      name: 'swc',
      transform: {
        filter: { id: /\.ts$/ },
        handler: async (source) => ({ code: (await transform(source, SWC_OPTIONS)).code, moduleType: 'js' }),
      },
    },
  ],
});
const { output } = await bundle.generate({ format: 'esm', keepNames: true, codeSplitting: false });
const { code } = output[0];
const file = `${CACHE}${createHash('sha256').update(code).digest('hex')}.mjs`;
const beside = `${file}.${process.pid}`;
mkdirSync(CACHE, { recursive: true });
writeFileSync(beside, code);
renameSync(beside, file);
process.stdout.write(file);
