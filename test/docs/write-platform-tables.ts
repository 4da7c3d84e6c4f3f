/* Writes the tables of what each platform can do into docs/platforms.md: npm run docs:platforms */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './option-tables.js';
import { platformTables } from './platform-tables.js';
import { root } from './prose.js';

const page = join(root, 'docs/platforms.md');
writeFileSync(page, withTables(readFileSync(page, 'utf8'), await platformTables(), 'platforms'));
