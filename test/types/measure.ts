/*
 * What registering a plan of 200 events costs the compiler: `tsc --extendedDiagnostics` on a generated application, with the
 * same schemas, once without the registration and once with it. Needs a build: npm run bench:types
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kind, sample } from './sample.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIGURES = ['Types', 'Instantiations', 'Memory used', 'Check time', 'Total time'] as const;
/** Times and memory vary; the least of so many runs is told. */
const RUNS = Number(process.argv[2] ?? 5);

for (const kind of ['zod', 'plain'] as const) {
  const without = measure(kind, false);
  const registered = measure(kind, true);
  console.log(`\n${kind}: 200 events, 60 files`);
  for (const figure of FIGURES) {
    const [before, after] = [without[figure], registered[figure]];
    const growth = ((after / before - 1) * 100).toFixed(1);
    console.log(
      `${figure.padEnd(15)} ${before.toLocaleString('en-US').padStart(12)} ${after.toLocaleString('en-US').padStart(12)} ${growth.padStart(6)} %`,
    );
  }
}

function measure(kind: Kind, registered: boolean): Record<(typeof FIGURES)[number], number> {
  const folder = join(ROOT, 'node_modules/.cache/nestjs-tracking/sample');
  rmSync(folder, { recursive: true, force: true });
  const files = sample({ kind, events: 200, registered });
  files.set('package.json', '{ "type": "module" }');
  files.set(
    'tsconfig.json',
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { paths: { 'nestjs-tracking': [join(ROOT, 'dist/esm/index.d.ts')] } },
      include: ['.'],
      exclude: [],
    }),
  );
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const least: Record<string, number> = {};
  for (let run = 0; run < RUNS; run++) {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = execFileSync(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'], {
      encoding: 'utf8',
    });
    for (const figure of FIGURES) {
      const value = Number(new RegExp(`^${figure}:\\s+([\\d.]+)`, 'm').exec(said)?.[1]);
      least[figure] = Math.min(least[figure] ?? Infinity, value);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return least as Record<(typeof FIGURES)[number], number>;
}
