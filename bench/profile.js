import { parseArgs } from 'node:util';
import { start } from './link.js';
import { scratchFolder } from './scratch.js';
import { figure, table } from './table.js';

/** Where the time goes: `node bench/profile.js slices|burst|paced|steady|single|outage|call|request` (after `npm run build`). */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    subject: { type: 'string', default: 'ours' },
    setting: { type: 'string' },
    top: { type: 'string', default: '25' },
  },
});
const what = positionals[0] ?? 'slices';
const REQUESTS = 20_000;
const EVENTS = { paced: 20_000, steady: 50_000 }[what] ?? 200_000;

const SPECS = {
  call: { measurement: 'call', calls: EVENTS, warmup: 20_000 },
  outage: { measurement: 'outage', calls: EVENTS, url: 'http://127.0.0.1:9' },
  slices: { measurement: 'delivery', setting: 'tuned', offer: 'slices', events: EVENTS, warmup: 100 },
  burst: { measurement: 'delivery', setting: 'tuned', offer: 'burst', events: EVENTS, warmup: 100 },
  paced: { measurement: 'delivery', setting: 'keyed', offer: 'paced', events: EVENTS, warmup: 100 },
  steady: {
    measurement: 'delivery',
    setting: 'tuned',
    offer: 'paced',
    perSecond: 5_000,
    events: EVENTS,
    warmup: 100,
  },
  single: { measurement: 'delivery', setting: 'single', offer: 'slices', events: EVENTS, warmup: 100 },
};

const scratch = scratchFolder();
const collector = start('collector.js');
const url = await collector.ask('url');
const { per, functions, packages } = what === 'request' ? await ofRequests() : await ofEvents();
await collector.stop();
scratch.remove();

for (const [title, rows] of [
  ['function', functions.slice(0, Number(flags.top))],
  ['where', packages.slice(0, 15)],
]) {
  console.log(
    `\n${table(
      [title, `µs per ${what === 'request' ? 'request' : 'event'}`],
      rows.map(([name, time]) => [name, figure(time / per)]),
    )}`,
  );
}

async function ofEvents() {
  const child = start('child.js', { count: () => collector.ask('count') });
  const setting = flags.setting ?? SPECS[what].setting ?? 'default';
  const profile = await child.ask('profile', {
    url,
    scratch: scratch.path,
    subject: flags.subject,
    ...SPECS[what],
    setting,
  });
  await child.stop();
  return { per: EVENTS, ...profile };
}

async function ofRequests() {
  const app = start('app.js');
  const load = start('load.js');
  const appUrl = await app.ask('open', { tracking: flags.subject, setting: flags.setting ?? 'default', url });
  await load.ask('send', { url: appUrl, requests: REQUESTS });
  await app.ask('startProfile');
  await load.ask('send', { url: appUrl, requests: REQUESTS });
  const profile = await app.ask('stopProfile');
  await Promise.all([app.stop(), load.stop()]);
  return { per: REQUESTS, ...profile };
}
