import { readFileSync } from 'node:fs';

/** A fenced block of a page, with the nearest heading above it. */
/** @typedef {{ page: string, line: number, heading: string, lang: string, text: string }} Block */

/** @returns {Block[]} all fenced blocks of a page of this repository */
export function blocksOf(page) {
  const lines = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8').split('\n');
  const found = [];
  let heading = '';
  for (let i = 0; i < lines.length; i++) {
    heading = /^#+ (.*)/.exec(lines[i])?.[1] ?? heading;
    const fence = /^```(.*)$/.exec(lines[i]);
    if (fence === null) continue;
    const body = [];
    const line = i + 1;
    while (lines[++i] !== '```') body.push(lines[i]);
    found.push({ page, line, heading, lang: fence[1].trim(), text: body.join('\n') });
  }
  return found;
}

/**
 * The first block below a heading that contains a text. A page that lacks it has changed: then this script must change, too.
 *
 * @returns {Block}
 */
export function block(page, heading, lang, contains) {
  const found = blocksOf(page).find(
    (each) => each.heading === heading && each.lang === lang && each.text.includes(contains),
  );
  if (found === undefined) {
    throw new Error(`${page} has no ${lang} block with '${contains}' below '${heading}'`);
  }
  return found;
}

/** A sentence of a page that the script acts on, so that it does not act on what no page says. */
export function mustSay(page, ...texts) {
  const page_ = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8').replace(/\s+/g, ' ');
  for (const text of texts) {
    if (!page_.includes(text)) throw new Error(`${page} no longer says: ${text}`);
  }
}

/** The path in the first line of a block, such as `src/app.module.ts`. */
export function pathOf({ text }) {
  return /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
}
