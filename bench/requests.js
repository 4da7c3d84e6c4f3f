import { start } from './link.js';
import { median } from './table.js';

/**
 * CPU per request of applications that differ only in how they track. For each round of each way, two fresh processes: one
 * with and one without tracking, warmed alike, then given the same load in turns, A B B A, so that what the machine does
 * meanwhile is done to both.
 *
 * @param {{ tracking: string, setting?: string }[]} ways
 */
export async function measureRequests(ways, { rounds, ...how }, progress) {
  const results = ways.map(() => ({ without: [], with: [], ratios: [], arrived: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, way] of ways.entries()) {
      progress(`request: round ${round + 1} of ${rounds}, ${way.name}`);
      const { without, tracked, arrived } = await measurePair(way, how);
      results[i].without.push(without);
      results[i].with.push(tracked);
      results[i].ratios.push(tracked / without);
      results[i].arrived.push(arrived);
    }
  }
  return results;
}

async function measurePair(way, { windows, requests, warmup, url, count }) {
  const load = start('load.js');
  const apps = [{ tracking: 'none' }, way].map((settings) => ({
    settings,
    process: start('app.js'),
    windows: [],
  }));
  try {
    for (const app of apps) app.url = await app.process.ask('open', { ...app.settings, url });
    const serve = async (app, requests) => {
      await app.process.ask('begin');
      await load.ask('send', { url: app.url, requests });
      return (await app.process.ask('end')) / requests;
    };
    for (let i = 0; i < 4; i++) for (const app of apps) await serve(app, warmup / 4);

    const before = await count();
    for (let i = 0; i < windows; i++) {
      for (const app of i % 2 === 0 ? apps : apps.toReversed()) app.windows.push(await serve(app, requests));
    }
    const arrived = (await count()) - before;
    const [without, tracked] = apps.map((app) => median(app.windows));
    return { without, tracked, arrived: arrived / (windows * requests) };
  } finally {
    await Promise.all([load.stop(), ...apps.map((app) => app.process.stop())]);
  }
}
