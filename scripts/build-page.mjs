#!/usr/bin/env node
/** Bundles the collector's page from lib/collector/web/ into dist/esm/collector/page/. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);
const from = new URL('lib/collector/web/', root);
const to = new URL('dist/esm/collector/page/', root);

mkdirSync(to, { recursive: true });
for (const name of ['index.html', 'icon.svg']) cpSync(new URL(name, from), new URL(name, to));
// The bundle contains Preact, whose license asks for its text.
cpSync(new URL('node_modules/preact/LICENSE', root), new URL('preact.LICENSE', to));
// In the order of their names: base, parts, collector.
const styles = readdirSync(new URL('styles/', from)).toSorted();
writeFileSync(
  new URL('page.css', to),
  styles.map((name) => readFileSync(new URL(`styles/${name}`, from), 'utf8')).join(''),
);
const bundle = await rolldown({
  input: fileURLToPath(new URL('page.tsx', from)),
  tsconfig: fileURLToPath(new URL('tsconfig.json', from)),
  platform: 'browser',
});
await bundle.write({ file: fileURLToPath(new URL('page.js', to)), format: 'esm', minify: true });
