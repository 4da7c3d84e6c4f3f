/**
 * Builds the library and the sample shop. The library comes first: the shop imports it, and `npx nestjs-tracking` in a
 * clone runs the command line from there. The compilers are silent, so this script shows that they work.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const STEPS = [
  ['the library', 'npm run build:esm --silent'],
  ['the sample shop', 'nest build sample-app'],
];
const DOT_MS = 500;
const MAX_DOTS = 40;

export async function build() {
  for (const [at, [what, command]] of STEPS.entries()) {
    process.stdout.write(`Building ${at + 1}/${STEPS.length}: ${what} `);
    const began = performance.now();
    let dots = 0;
    const moving = setInterval(() => {
      if (dots++ < MAX_DOTS) process.stdout.write('.');
    }, DOT_MS);
    const { code, output } = await run(command);
    clearInterval(moving);
    if (code !== 0) {
      console.error(` failed\n${output}`);
      process.exit(1);
    }
    console.log(` ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  }
  console.log();

  // `npx` runs the file itself, and npm makes it executable only when it links it for the first time.
  chmodSync('dist/esm/cli/main.js', 0o755);
}

async function run(command) {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
