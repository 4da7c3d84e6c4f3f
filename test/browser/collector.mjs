import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/esm/cli/main.js', import.meta.url));

/** Starts the collector command on a free port. `args`: further options, such as `--only segment`. */
export async function startCollector(...args) {
  const child = spawn(process.execPath, [MAIN, 'collector', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await urlOf(child);
  child.stdout.resume(); // a full pipe would stop it
  const ask = async (path, init) => {
    const response = await fetch(`${url}/_collector/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`/_collector/${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    url,
    get: (path) => ask(path),
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    delete: (path) => ask(path, { method: 'DELETE' }),
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function urlOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/[^\s",/]+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('The collector ended before it printed its URL.');
}
