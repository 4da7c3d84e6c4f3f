// Lets a child process run the TypeScript sources: Node's hooks, with the compiler of the tests.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SWC_OPTIONS } from './swc-options.mjs';

/** A cache of compiled files: a process that is killed and restarted a hundred times compiles none again. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/nestjs-tracking/', import.meta.url));

export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(fileURLToPath(source))) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const key = createHash('sha256').update(JSON.stringify(SWC_OPTIONS)).update(source).digest('hex');
  const cached = `${CACHE}${key}.js`;
  try {
    return { format: 'module', source: await readFile(cached, 'utf8'), shortCircuit: true };
  } catch {
    return { format: 'module', source: await compiled(source, cached), shortCircuit: true };
  }
}

async function compiled(source, cached) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, SWC_OPTIONS);
  const beside = `${cached}.${process.pid}`;
  try {
    await mkdir(CACHE, { recursive: true });
    await writeFile(beside, code);
    await rename(beside, cached);
  } catch {
    // A process of another user may not write to the cache.
  }
  return code;
}
