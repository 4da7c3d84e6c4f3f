#!/usr/bin/env node
/**
 * Tests in a real browser: the vendors' SDKs beside our destinations, the collector's page, the sample shop's pages.
 * Installs the packages of this folder if they are missing or of another lock, and builds the package.
 * Usage: npm run test:browser [-- collector-page posthog ...] [-- --no-build] [-- --screenshots]
 * A name is that of a test file, that of a platform, or `all`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';

const here = new URL('.', import.meta.url);
const root = new URL('../../', here);
const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));

const takesPictures = flags.includes('--screenshots');
const files = readdirSync(here).filter(
  (file) => file.endsWith('.test.mjs') && (takesPictures || !file.endsWith('-screenshots.test.mjs')),
);
const platforms = [...readdirSync(new URL('sdks/', here)).map((file) => file.replace('.mjs', '')), 'all'];
const known = [...files.map((file) => file.replace('.test.mjs', '')), ...platforms];
const unknown = [
  ...names.filter((name) => !known.includes(name)),
  ...flags.filter((flag) => !['--no-build', '--screenshots'].includes(flag)),
];
if (unknown.length > 0) {
  // A name that no test has would run nothing, and pass.
  console.error(`There is no ${unknown.join(', ')}. Nothing was tested. Options: --no-build, --screenshots.`);
  console.error(`Names: ${known.join(', ')}.`);
  process.exit(1);
}

if (findChromium() === undefined) {
  const missing =
    'There is no Chromium on PATH. Install one (Debian: apt-get install chromium), or name one in TRACKING_TESTS_CHROMIUM.';
  const isRequired = process.env.TRACKING_TESTS_REQUIRE_ALL === '1';
  console.error(`\n*** The browser tests are ${isRequired ? 'impossible' : 'SKIPPED'}. ${missing}\n`);
  process.exit(isRequired ? 1 : 0);
}
if (!isInstalled())
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], here);
if (!flags.includes('--no-build')) run('npm', ['run', 'build', '--silent'], root);

const named = files.filter((file) => names.includes(file.replace('.test.mjs', '')));
const scenarios = names.filter((name) => platforms.includes(name));
if (names.length === 0) runTests(files);
if (named.length > 0) runTests(named);
if (scenarios.length > 0) {
  runTests(
    ['vendors.test.mjs'],
    scenarios.map((name) => `--test-name-pattern=^${name}:`),
  );
}

function runTests(which, options = []) {
  const imports = ['../support/child/typescript.mjs', 'built-package.mjs'].flatMap((file) => [
    '--import',
    fileURLToPath(new URL(file, here)),
  ]);
  run(
    process.execPath,
    [
      ...imports,
      '--test-reporter=spec',
      '--test-concurrency=1',
      // It holds for a whole file, too.
      '--test-timeout=420000',
      ...options,
      '--test',
      ...which,
    ],
    here,
    { ...process.env, TRACKING_SCREENSHOTS: takesPictures ? '1' : '0' },
  );
}

function isInstalled() {
  const changed = (file) => statSync(new URL(file, here)).mtimeMs;
  try {
    return changed('node_modules/.package-lock.json') >= changed('package-lock.json');
  } catch {
    return false;
  }
}

function run(command, args, cwd, env = process.env) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
