import { createServer } from 'node:net';
import { type Route, routesFrom } from '../src/tracking/routes.js';
import { killAll } from './child.js';
import { startCollectorProcess, startShopProcess } from './processes.js';
import { opened, SHUTDOWN } from './sample.messages.js';
import { CLOSING_MS } from './settings.js';

/** The default of the command line, too; relative to the folder in which `npm run sample` runs. */
const JOURNAL = 'var/tracking';

process.once('exit', killAll);

const routes = readRoutes();
const local = routes.some(({ endpoint }) => endpoint !== undefined);
const collector = local ? await startCollectorProcess(await freePort(4_100)) : undefined;
const journal = process.env['NESTJS_TRACKING_DIRECTORY'] || JOURNAL;
const shop = await startShopProcess(
  'The shop',
  { NESTJS_TRACKING_DIRECTORY: journal, ...(collector && { SHOP_COLLECTOR: collector.url }) },
  await freePort(Number(process.env['PORT'] ?? 3_000)),
);

console.log(
  opened({
    shop: shop.url,
    collector: collector?.url,
    routes,
    password: process.env['SHOP_ADMIN_PASSWORD'] ?? 'admin',
    journal,
    directoryOption: journal === JOURNAL ? '' : ` -C ${journal}`,
  }),
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    console.log(SHUTDOWN);
    // The collector last: the shop still sends to it.
    void shop
      .stop(CLOSING_MS)
      .then(() => collector?.stop(CLOSING_MS))
      .then(() => process.exit());
  });
}

function readRoutes(): readonly Route[] {
  try {
    return routesFrom(process.env);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

/** The wanted port, or 0, which means any, where another program uses it. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(0))
      .listen(wanted, '127.0.0.1', () => server.close(() => resolve(wanted)));
  });
}
