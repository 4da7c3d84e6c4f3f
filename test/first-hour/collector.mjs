import assert from 'node:assert/strict';
import { freePort } from './application.mjs';
import { block, mustSay } from './page.mjs';
import { start } from './processes.mjs';

export const TRY_IT = 'Try it';
/** The collector's address in the README. */
const IN_README = 'http://127.0.0.1:4100';

/** Starts the README's collector in the application's folder, on a port that is free here. */
export async function startCollector(application, port) {
  const { text } = block('README.md', TRY_IT, 'sh', 'nestjs-tracking collector');
  mustSay('README.md', `Leave the collector running, and open \`${IN_README}\``);
  const [command] = /^npx nestjs-tracking collector\b/m.exec(text);
  const listens = port ?? (await freePort());
  const url = IN_README.replace('4100', String(listens));
  const child = start(application.folder, `${command} --port ${listens}`);
  await child.says(new RegExp(`${url}(?!\\d)`));

  return {
    port: listens,
    /** A text of the README with the address that the collector has here. */
    at: (text) => text.replaceAll(IN_README, url),
    /** What a browser gets from the address. */
    page: async () => {
      const response = await fetch(url);
      assert.equal(response.status, 200);
      return response.text();
    },
    /** The first event that the page shows for a query, once it does. */
    event: async (query) => {
      for (let tries = 0; tries < 200; tries++) {
        const response = await fetch(`${url}/_collector/events?${new URLSearchParams(query)}`);
        const {
          events: [found],
        } = await response.json();
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`The collector shows no event for ${JSON.stringify(query)}:\n${child.output()}`);
    },
    stop: async () => {
      child.kill('SIGKILL');
      await child.ended;
    },
  };
}
