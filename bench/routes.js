import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start } from './link.js';
import { median } from './table.js';

/** The ways of a route that is not decorated; the first is compared to itself, which is the noise. */
export const WAYS = [
  { tracking: 'none', name: 'without tracking' },
  { tracking: 'none', name: 'without tracking, again (the noise)' },
  { tracking: 'context', name: 'nothing but AsyncLocalStorage.run()' },
  { tracking: 'module', name: 'nestjs-tracking, route not decorated' },
];

/** The running Node, and Node 24, whose async contexts cost next to nothing, where `npm run matrix` has fetched it. */
export function nodes() {
  const later = fileURLToPath(new URL('../.nodes/node_modules/node24/bin/node', import.meta.url));
  return [process.execPath, ...(existsSync(later) ? [later] : [])];
}

/**
 * Microseconds of CPU per request, for each way, in processes of their own that take their turns forwards and backwards, so
 * that what the machine does meanwhile is done to all. What is compared is the lower quartile of the windows: what disturbs
 * a window only ever adds to it.
 */
export async function measureRoutes(node, { rounds, windows, requests, warmup, url }, progress) {
  const figures = WAYS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    progress(`route: round ${round + 1} of ${rounds}`);
    const apps = WAYS.map((way) => ({ way, process: start('route-app.js', {}, { node }), windows: [] }));
    try {
      for (const app of apps) await app.process.ask('open', { ...app.way, url });
      for (const app of apps) await app.process.ask('serve', warmup);
      for (let i = 0; i < windows; i++) {
        for (const app of i % 2 === 0 ? apps : apps.toReversed()) {
          app.windows.push(await app.process.ask('serve', requests));
        }
      }
      apps.forEach((app, i) => figures[i].push(lowerQuartile(app.windows)));
    } finally {
      await Promise.all(apps.map((app) => app.process.stop()));
    }
  }
  return figures.map((each) => ({ each, median: median(each) }));
}

function lowerQuartile(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 2];
}
