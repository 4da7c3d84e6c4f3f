import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Starts a program of Node.js that prints its URL, and waits for that. */
export async function startProgram(args, options = {}) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const url = await urlOf(child, args);
  child.stdout.resume(); // a full pipe would stop it
  return {
    url,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function urlOf({ stdout }, args) {
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /http:\/\/[^\s",/]+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`${args.join(' ')} ended before it printed its URL.`);
}
