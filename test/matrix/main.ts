import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { checkKit } from './kit.js';
import { check } from './shop.js';

/** `require` and `import` must give one and the same class, or Nest injects one and the user asks for the other. */
async function checkOneCopy(): Promise<void> {
  const entry = pathToFileURL(join(process.cwd(), 'entry.js'));
  const required = createRequire(entry)('nestjs-tracking') as object;
  const imported = (await import('nestjs-tracking')) as object;
  for (const name of Object.keys(imported).filter((key) => key !== 'default' && key !== 'module.exports')) {
    assert.equal(Reflect.get(required, name), Reflect.get(imported, name), `two copies of ${name}`);
  }
}

checkOneCopy()
  .then(check)
  .then(checkKit)
  .then(
    () => console.log('done'),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
