import { writeSync } from 'node:fs';
import { createShop } from './create-shop.js';
import { TrackingReport } from './observe/tracking-report.js';
import { ShopConfig } from './shop.config.js';

const shop = await createShop();
const { host, port } = shop.get(ShopConfig);
await shop.listen(port, host);
console.log(`The shop is open at ${await shop.getUrl()}`);

// As the process exits, after the last delivery: the outcome of all events.
const report = shop.get(TrackingReport);
process.once('exit', () => writeSync(1, `Final tracking report: ${JSON.stringify(report.now())}\n`));
