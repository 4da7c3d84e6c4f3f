#!/usr/bin/env node
/**
 * Compares our requests with those of the vendors' SDKs. Installs the SDKs here if they are missing or of another lock.
 * Usage: npm run test:vendors [-- segment posthog ...] [-- --list]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);
const args = process.argv.slice(2);
// Some of the SDKs would send their requests to a proxy.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));

const unknown = args.filter(
  (name) => name !== '--list' && !existsSync(new URL(`platforms/${name}.mjs`, here)),
);
if (unknown.length > 0) {
  console.error(
    `${unknown.join(', ')}: no such platform. The platforms are the files in test/vendors/platforms/`,
  );
  process.exit(2);
}
if (!isInstalled())
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], process.env);

const sources = ['--import', fileURLToPath(new URL('../support/child/typescript.mjs', here))];
if (args[0] === '--list') run(process.execPath, [...sources, 'list.mjs'], env);
else {
  const only = args.map((name) => `--test-name-pattern=^${name}\\b`);
  const files = args.length > 0 ? ['vendors.test.mjs'] : ['differences.test.mjs', 'vendors.test.mjs'];
  run(process.execPath, [...sources, '--test-reporter=spec', ...only, '--test', ...files], env);
}

function isInstalled() {
  const changed = (file) => statSync(new URL(file, here)).mtimeMs;
  try {
    return changed('node_modules/.package-lock.json') >= changed('package-lock.json');
  } catch {
    return false;
  }
}

function run(command, commandArgs, commandEnv) {
  const { status } = spawnSync(command, commandArgs, { cwd: here, stdio: 'inherit', env: commandEnv });
  if (status !== 0) process.exit(status ?? 1);
}
