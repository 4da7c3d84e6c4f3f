import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** The scripts of the shop's pages by file name: each vendor's SDK from npm, and the page's own script. */
export async function bundleScripts() {
  const folder = new URL('sdks/', import.meta.url);
  const input = {
    page: fileURLToPath(new URL('shop/page.mjs', import.meta.url)),
    ...Object.fromEntries(
      readdirSync(folder).map((file) => [file.replace('.mjs', ''), fileURLToPath(new URL(file, folder))]),
    ),
  };
  const bundle = await rolldown({ input, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', entryFileNames: '[name].js' });
  return new Map(output.filter(({ type }) => type === 'chunk').map(({ fileName, code }) => [fileName, code]));
}
