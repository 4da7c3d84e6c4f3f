/**
 * Builds the library and the sample shop. The library comes first: the shop imports it, and `npx nestjs-tracking` in a
 * clone runs the command line from there. The compilers are silent, so this script reports each step.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';

const STEPS = [
  ['the library', 'npm run build:esm --silent'],
  ['the sample shop', 'nest build sample-app'],
];

console.log('Building the library and the sample shop. This takes about 20 seconds.');
for (const [at, [what, command]] of STEPS.entries()) {
  process.stdout.write(`  ${at + 1}/${STEPS.length} ${what} ... `);
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' });
  if (status !== 0) {
    console.error(`failed\n${stdout}${stderr}`);
    process.exit(1);
  }
  console.log(`${((performance.now() - began) / 1_000).toFixed(1)} s`);
}
console.log();

// `npx` runs the file itself, and npm makes it executable only when it links it for the first time.
chmodSync('dist/esm/cli/main.js', 0o755);
