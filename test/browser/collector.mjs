import { fileURLToPath } from 'node:url';
import { startProgram } from './program.mjs';

const MAIN = fileURLToPath(new URL('../../dist/esm/cli/main.js', import.meta.url));

/** Starts the collector command on a free port. `args`: further options, such as `--only segment`. */
export async function startCollector(...args) {
  const program = await startProgram([MAIN, 'collector', '--port', '0', '--json', ...args]);
  const { url } = program;
  const ask = async (path, init) => {
    const response = await fetch(`${url}/_collector/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`/_collector/${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    url,
    close: () => program.close(),
    get: (path) => ask(path),
    post: (path, body) => ask(path, { method: 'POST', body: body && JSON.stringify(body) }),
    delete: (path) => ask(path, { method: 'DELETE' }),
  };
}
