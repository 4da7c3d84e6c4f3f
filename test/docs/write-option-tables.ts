/* Writes the tables of options that are declared as rows into the pages: npm run docs:options */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionTables, withTables } from './option-tables.js';
import { root } from './prose.js';

const tables = await optionTables();
for (const name of readdirSync(join(root, 'docs')).filter((file) => /^options.*\.md$/.test(file))) {
  const page = join(root, 'docs', name);
  const before = readFileSync(page, 'utf8');
  const after = withTables(before, tables);
  if (after === before) continue;
  writeFileSync(page, after);
  console.log(`docs/${name} is new`);
}
