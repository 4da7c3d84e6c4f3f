import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { start } from './link.js';
import { COLLECTOR_LOADS, measureCollector } from './local-collector.js';
import { measureRequests } from './requests.js';
import { measureRoutes, nodes, WAYS } from './routes.js';
import { scratchFolder } from './scratch.js';
import { ALL_PEERS, DEFAULT_PEERS, PACKAGES, subject } from './subjects.js';
import { figure, median, spread, table } from './table.js';

const HELP = `npm run bench -- [flags]

  --peers=a,b    beside whom: ${ALL_PEERS.join(', ')}, all, none (default ${DEFAULT_PEERS.join(', ')})
  --destination=a,b
                 only these destinations beside webhook(), all of them with 'all'; no peers
  --only=a,b     which parts: call, slices, burst, commit, lanes, paced, steady, single, outage, downtime, request,
                 route, collector (default all)
  --rounds=n     fresh processes per figure (default 5, with --quick 2)
  --quick        fewer events, fewer rounds: to see whether it runs, not to quote`;

const PARTS = [
  'call',
  'slices',
  'burst',
  'commit',
  'lanes',
  'paced',
  'steady',
  'single',
  'outage',
  'downtime',
  'request',
  'route',
  'collector',
];

const { values: flags } = parseArgs({
  options: {
    peers: { type: 'string', default: DEFAULT_PEERS.join(',') },
    only: { type: 'string', default: PARTS.join(',') },
    destination: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit();
}

const isOfDestinations = flags.destination !== undefined;
const peers = isOfDestinations
  ? []
  : ({ all: ALL_PEERS, none: [] }[flags.peers] ?? listed(flags.peers, ALL_PEERS, '--peers'));
const parts = isOfDestinations ? [] : listed(flags.only, PARTS, '--only');
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5));
const scale = flags.quick ? 0.2 : 1;

/** `memory()` and `journal()`. */
const OURS = ['ours', 'ours-journal'];

/** What `memory()` may hold by default. */
const MEMORY_DEFAULT_MB = 128;

/** The project's own promises. */
const BUDGET = {
  call: 1.5,
  lane: 1,
  cpu: 8,
  destination: 2,
  perSecond: 75_000,
  request: 1.05,
  route: 1,
  outage: MEMORY_DEFAULT_MB + 50,
  // 1 % for the pace of the load.
  collector: { perSecond: 9_900, rss: 400 },
};

/** The same with `journal()`. */
const JOURNAL_BUDGET = { call: 2.5, cpu: 16, perSecond: 40_000, late: 2, rss: 200 };

if (!isOfDestinations) installPeers();
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ` +
    `${rounds} rounds${flags.quick ? ', quick' : ''}. Medians over the rounds; in parentheses the lowest.`,
);

const collector = start('collector.js');
const url = await collector.ask('url');
const scratch = scratchFolder();
const verdicts = [];
const explained = new Map();
try {
  if (isOfDestinations) await destinations();
  if (parts.includes('call')) await calls();
  if (parts.includes('slices'))
    await deliveries(
      'slices',
      `Delivery, ${figure(100_000 * scale)} events in slices of 100 per turn of the event loop`,
    );
  if (parts.includes('burst'))
    await deliveries('burst', `Delivery, ${figure(100_000 * scale)} events in one synchronous loop`);
  if (parts.includes('commit')) await commits();
  if (parts.includes('lanes')) await lanes();
  if (parts.includes('paced')) await paced();
  if (parts.includes('steady')) await steady();
  if (parts.includes('single')) await single();
  if (parts.includes('outage')) await outage();
  if (parts.includes('downtime')) await downtime();
  if (parts.includes('request')) await requests();
  if (parts.includes('route')) await routes();
  if (parts.includes('collector')) await collectors();
} finally {
  await collector.stop();
  scratch.remove();
}
if (explained.size > 0)
  console.log(`\n${[...explained].map(([name, says]) => `- ${name}: ${says}`).join('\n')}`);
if (verdicts.length > 0) {
  heading('Budget');
  console.log(table(['', 'budget', 'measured', ''], verdicts));
}

/** Each destination beside `webhook()`: the difference is the form of the platform. */
async function destinations() {
  const all = Object.keys((await subject('destinations')).settings);
  const names = flags.destination === 'all' ? all : listed(flags.destination, all, '--destination');
  const rows = await inTurns(
    [...new Set(['webhook', ...names])].map((setting) => ({ subject: 'destinations', setting })),
    { measurement: 'delivery', events: 100_000 * scale, warmup: 20_000 * scale, offer: 'slices' },
  );
  const base = median(rows.find(({ setting }) => setting === 'webhook').figures.cpuPerEvent);
  heading(`Each destination, ${figure(100_000 * scale)} events in slices of 100 per turn of the event loop`);
  console.log(
    table(
      ['', 'CPU per event, µs', '× webhook()', 'events/s', 'events per request', 'lost'],
      rows.map(({ setting, figures }) => [
        setting,
        spread(figures.cpuPerEvent),
        figure(median(figures.cpuPerEvent) / base),
        figure(median(figures.perSecond)),
        figure(median(figures.perRequest)),
        `${(median(figures.lost) * 100).toFixed(figures.lost.some((lost) => lost > 0) ? 1 : 0)} %`,
      ]),
    ),
  );
  for (const { setting, figures } of rows) {
    judge(`lost (${setting})`, 0, Math.max(...figures.lost));
    // A request per event costs what a request costs.
    if (setting === 'webhook' || median(figures.perRequest) < 2) continue;
    judge(`CPU per event (${setting}), × webhook()`, BUDGET.destination, median(figures.cpuPerEvent) / base);
  }
}

async function calls() {
  const rows = await everybody(['default', 'tuned'], {
    measurement: 'call',
    calls: 40_000 * scale,
    warmup: 20_000 * scale,
  });
  const own = median(rows[0].figures.p50);
  heading('One track() call on the caller’s thread, µs');
  console.log(
    table(
      ['', 'p50', 'p99', '× ours'],
      rows.map(({ name, figures }) => [
        name,
        spread(figures.p50),
        spread(figures.p99),
        figure(median(figures.p50) / own),
      ]),
    ),
  );
  judge('track(), p50, µs', BUDGET.call, own);
  judge('track() with journal(), p50, µs', JOURNAL_BUDGET.call, median(ofJournal(rows).p50));
}

async function deliveries(offer, title) {
  const settings = offer === 'burst' ? ['tuned'] : ['tuned', 'default'];
  const rows = await everybody(settings, {
    measurement: 'delivery',
    events: 100_000 * scale,
    warmup: 20_000 * scale,
    offer,
  });
  heading(title);
  deliveryTable(rows);
  judge(`CPU per delivered event (${offer}), µs`, BUDGET.cpu, median(rows[0].figures.cpuPerEvent));
  judge(`events/s (${offer})`, BUDGET.perSecond, median(rows[0].figures.perSecond), true);
  judge(`lost (${offer})`, 0, Math.max(...rows[0].figures.lost));
  const { cpuPerEvent, perSecond, lost } = ofJournal(rows);
  judge(`CPU per delivered event with journal() (${offer}), µs`, JOURNAL_BUDGET.cpu, median(cpuPerEvent));
  judge(`events/s with journal() (${offer})`, JOURNAL_BUDGET.perSecond, median(perSecond), true);
  judge(`lost with journal() (${offer})`, 0, Math.max(...lost));
}

/** With `journal()`: until everything of a burst is on disk, and survives the process. */
async function commits() {
  const rows = [];
  for (const events of [1_000, 5_000, 20_000, 100_000]) {
    const runs = [{ subject: 'ours-journal', setting: 'tuned' }];
    const [{ figures }] = await inTurns(runs, {
      measurement: 'commit',
      events: events * scale,
      warmup: 20_000 * scale,
    });
    rows.push([figure(events * scale), ...['loop', 'all', 'perMs'].map((name) => spread(figures[name]))]);
  }
  heading('journal(): one synchronous loop of track() calls, until all events are committed');
  console.log(table(['events', 'the loop, ms', 'all committed after, ms', 'events per ms'], rows));
}

/** Each further lane may cost what it takes to serialise and send its own copy; the bare pipeline shows what that is. */
async function lanes() {
  const { settings, copies } = await subject('lanes');
  const names = Object.keys(settings);
  const calls = await inTurns(
    names.map((setting) => ({ subject: 'lanes', setting })),
    { measurement: 'call', calls: 20_000 * scale, warmup: 10_000 * scale },
  );
  const runs = names.map((setting) => ({ subject: 'lanes', setting, copies: copies(setting) }));
  const deliveries = await inTurns([...runs, { subject: 'floor', setting: 'tuned' }], {
    measurement: 'delivery',
    events: 50_000 * scale,
    warmup: 10_000 * scale,
    offer: 'slices',
  });
  const cost = (row) => median(deliveries[row].figures.cpuPerEvent);
  const one = cost(0);
  const bare = cost(deliveries.length - 1);
  heading('One event to several destinations, CPU of the whole process');
  console.log(
    table(
      [
        'destinations',
        'track(), p50, µs',
        'CPU per event, µs',
        'each lane beyond the first, µs',
        '× bare',
        'lost',
      ],
      names.map((name, i) => {
        const more = copies(name) > 1 ? (cost(i) - one) / (copies(name) - 1) : undefined;
        return [
          name,
          spread(calls[i].figures.p50),
          spread(deliveries[i].figures.cpuPerEvent),
          more === undefined ? '' : figure(more),
          more === undefined ? '' : figure(more / bare),
          figure(Math.max(...deliveries[i].figures.lost)),
        ];
      }),
    ),
  );
  console.log(
    `\nThe bare pipeline takes ${figure(bare)} µs per event: one copy, one JSON, one request per 500.`,
  );
  judge(
    'each lane beyond the first (10 lanes), × the bare pipeline',
    BUDGET.lane,
    (cost(2) - one) / 9 / bare,
  );
  judge('lost (lanes)', 0, Math.max(...deliveries.flatMap(({ figures }) => figures.lost)));
}

async function paced() {
  const rows = await inTurns([{ subject: 'ours', setting: 'keyed' }], {
    measurement: 'delivery',
    events: 20_000 * scale,
    warmup: 4_000 * scale,
    offer: 'paced',
  });
  heading('Delivery, paced at 2,000 events/s');
  deliveryTable(rows);
}

async function steady() {
  const runs = OURS.map((name) => ({ subject: name, setting: 'tuned' }));
  const rows = await inTurns(runs, {
    measurement: 'delivery',
    events: 100_000 * scale,
    warmup: 20_000 * scale,
    offer: 'paced',
    perSecond: 5_000,
    watchLoop: true,
  });
  heading('Delivery, paced at 5,000 events/s, and how late timers come');
  console.log(
    table(
      ['', 'CPU per event, µs', '× ours', 'late p50, ms', 'late p99, ms', 'latest, ms', 'lost'],
      rows.map(({ name, figures }) => [
        name,
        spread(figures.cpuPerEvent),
        figure(median(figures.cpuPerEvent) / median(rows[0].figures.cpuPerEvent)),
        spread(figures.lateP50),
        spread(figures.lateP99),
        spread(figures.lateMax),
        `${figure(Math.max(...figures.lost) * 100)} %`,
      ]),
    ),
  );
  const [own, withJournal] = rows.map(({ figures }) => median(figures.lateP99));
  judge('event-loop delay, p99, with journal() beyond memory(), ms', JOURNAL_BUDGET.late, withJournal - own);
}

async function single() {
  const rows = await inTurns([{ subject: 'ours', setting: 'single' }], {
    measurement: 'delivery',
    events: 50_000 * scale,
    warmup: 20_000 * scale,
    offer: 'slices',
  });
  heading('Delivery, one request per event');
  deliveryTable(rows);
}

async function outage() {
  const rows = await everybody(
    ['default'],
    { measurement: 'outage', calls: 500_000 * scale, url: 'http://127.0.0.1:9' },
    { times: Math.min(rounds, 2), floor: false },
  );
  heading(`${figure(500_000 * scale)} calls with the destination down (at most a minute)`);
  const own = median(rows[0].figures.growth);
  console.log(
    table(
      ['', 'calls', 'RSS before, MB', 'growth at its peak, MB', '× ours', 'track(), µs', 'lost'],
      rows.map(({ name, figures }) => [
        name,
        figure(median(figures.calls)),
        spread(figures.before),
        spread(figures.growth),
        figure(median(figures.growth) / own),
        spread(figures.call),
        figures.lost[0] === undefined ? '' : figure(Math.max(...figures.lost)),
      ]),
    ),
  );
  judge('RSS growth with the destination down, MB', BUDGET.outage, Math.max(...rows[0].figures.growth));
  judge('lost with journal() while the destination is down', 0, Math.max(...ofJournal(rows).lost));
}

async function downtime() {
  const runs = OURS.map((name) => ({ subject: name, setting: 'default' }));
  const rows = await inTurns(
    runs,
    { measurement: 'outage', calls: 120_000 * scale, perSecond: 2_000, url: 'http://127.0.0.1:9' },
    Math.min(rounds, 2),
  );
  heading(`2,000 calls a second for ${figure(60 * scale)} seconds with the destination down`);
  console.log(
    table(
      ['', 'RSS before, MB', 'RSS at its peak, MB', 'RSS at the end, MB', 'track(), µs', 'lost'],
      rows.map(({ name, figures }) => [
        name,
        spread(figures.before),
        spread(figures.peak),
        spread(figures.after),
        spread(figures.call),
        figure(Math.max(...figures.lost)),
      ]),
    ),
  );
  const { peak, lost } = ofJournal(rows);
  judge(
    'RSS with journal(), 2,000 calls/s with the destination down, MB',
    JOURNAL_BUDGET.rss,
    Math.max(...peak),
  );
  judge('lost with journal(), 2,000 calls/s with the destination down', 0, Math.max(...lost));
}

async function requests() {
  const ways = [
    { tracking: 'none', name: 'without tracking (the noise)' },
    { tracking: 'context', name: 'nothing but AsyncLocalStorage.run()' },
    { tracking: 'floor', setting: 'tuned', name: 'bare pipeline, called by hand' },
    { tracking: 'module', setting: 'default', name: 'nestjs-tracking, route not decorated' },
    { tracking: 'ours', setting: 'default', name: 'nestjs-tracking, @Track' },
    { tracking: 'ours', setting: 'single', name: 'nestjs-tracking, @Track, kissmetrics()' },
  ];
  for (const peer of peers) {
    for (const setting of Object.keys((await subject(peer)).settings)) {
      ways.push({ tracking: peer, setting, name: await named(peer, setting) });
    }
  }
  const how = flags.quick
    ? { rounds, windows: 8, requests: 1_000, warmup: 8_000 }
    : { rounds, windows: 10, requests: 1_500, warmup: 10_000 };
  const count = async () => (await collector.ask('count')).events;
  const results = await measureRequests(ways, { ...how, url, count }, progress);
  heading('CPU per request of a Nest application (Express, POST of an order, one event each)');
  console.log(
    table(
      ['', 'without, µs', 'with, µs', '× without', 'lowest', 'highest', 'events per request'],
      results.map(({ without, with: tracked, ratios, arrived }, i) => [
        ways[i].name,
        figure(median(without)),
        figure(median(tracked)),
        ...[median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3)),
        Math.min(...arrived).toFixed(arrived.every(Number.isInteger) ? 0 : 3),
      ]),
    ),
  );
  judge(
    'CPU per request with @Track, ×',
    BUDGET.request,
    median(results.find((_, i) => ways[i].tracking === 'ours').ratios),
  );
}

async function routes() {
  const how = flags.quick
    ? { rounds, windows: 10, requests: 2_000, warmup: 10_000 }
    : { rounds, windows: 24, requests: 3_000, warmup: 20_000 };
  for (const node of nodes()) {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    const results = await measureRoutes(node, { ...how, url }, progress);
    const bare = results[0].each;
    const more = results.map(({ each }) => each.map((figure, round) => figure - bare[round]));
    heading(`CPU per request of a route that is not decorated, Node ${version} (Express, no network)`);
    console.log(
      table(
        ['', 'µs', 'µs more', 'lowest', 'highest'],
        results.map(({ median: figure }, i) => [
          WAYS[i].name,
          figure.toFixed(2),
          ...[median(more[i]), Math.min(...more[i]), Math.max(...more[i])].map((each) => each.toFixed(2)),
        ]),
      ),
    );
    judge(`an undecorated route with the module, µs more, Node ${version}`, BUDGET.route, median(more[3]));
  }
}

/** The command of that name, with its page open, beside a server that reads and discards the same load. */
async function collectors() {
  const perSecond = 10_000;
  const how = { rounds, seconds: flags.quick ? 3 : 10, perSecond };
  const rows = [];
  for (const load of COLLECTOR_LOADS) {
    const figures = await measureCollector(load, how, progress);
    rows.push([
      load.name,
      figure(median(figures.perSecond)),
      `${Math.round(median(figures.share) * 100)} %`,
      spread(figures.cpuPerEvent),
      spread(figures.bare),
      spread(figures.ratio),
      spread(figures.peakRss),
      spread(figures.answerMs),
      Math.max(...figures.uncounted),
    ]);
    const budget = BUDGET.collector;
    judge(`events/s into the collector (${load.name})`, budget.perSecond, median(figures.perSecond), true);
    judge(`peak RSS of the collector, MB (${load.name})`, budget.rss, median(figures.peakRss));
    judge(`events that the collector does not count (${load.name})`, 0, Math.max(...figures.uncounted));
  }
  heading(`The collector command at ${figure(perSecond)} events/s, its page open`);
  const columns = [
    'events/s',
    'CPU of a core',
    'CPU per event, µs',
    'bare server, µs',
    '× bare',
    'peak RSS, MB',
    'slowest answer to the page, ms',
    'not counted',
  ];
  console.log(table(['', ...columns], rows));
}

/** Ours first, with either buffer, then the bare pipeline, then the peers, each in its settings. */
async function everybody(settings, how, { times, floor } = {}) {
  const runs = [];
  for (const name of [...OURS, ...(floor === false ? [] : ['floor']), ...peers]) {
    const { settings: known } = await subject(name);
    for (const setting of settings) if (known[setting]) runs.push({ subject: name, setting });
  }
  return inTurns(runs, how, times);
}

/** Rounds over all subjects, so that a slow minute of the machine is everybody's. */
async function inTurns(runs, how, times = rounds) {
  const figures = runs.map(() => ({}));
  for (let round = 0; round < times; round++) {
    for (const [i, run] of runs.entries()) {
      progress(
        `${how.measurement} ${how.offer ?? ''}: round ${round + 1} of ${times}, ${run.subject} ${run.setting}`,
      );
      const child = start('child.js', { count: () => collector.ask('count') });
      try {
        const measured = await child.ask('measure', {
          url,
          scratch: scratch.path,
          ...how,
          ...run,
        });
        for (const [key, value] of Object.entries(measured)) (figures[i][key] ??= []).push(value);
      } catch (error) {
        // an SDK may end its own process; that is its figure
        if (OURS.includes(run.subject)) throw error;
        console.error(error.message);
      } finally {
        await child.stop();
        scratch.empty();
      }
    }
  }
  const rows = [];
  for (const [i, { subject: name, setting }] of runs.entries()) {
    if (Object.keys(figures[i]).length > 0)
      rows.push({ subject: name, setting, name: await named(name, setting), figures: figures[i] });
  }
  return rows;
}

/** Figures of the first row of `journal()`. */
function ofJournal(rows) {
  return rows.find(({ subject: name }) => name === 'ours-journal').figures;
}

/** A short name for the tables, explained below them. */
async function named(name, setting) {
  const { label, settings } = await subject(name);
  const short = setting === 'default' ? label : `${label}, ${setting}`;
  explained.set(short, settings[setting]);
  return short;
}

function deliveryTable(rows) {
  const own = median(rows[0].figures.cpuPerEvent);
  console.log(
    table(
      ['', 'CPU per event, µs', '× ours', 'events/s', 'peak RSS, MB', 'events per request', 'lost'],
      rows.map(({ name, figures }) => [
        name,
        spread(figures.cpuPerEvent),
        figure(median(figures.cpuPerEvent) / own),
        figure(median(figures.perSecond)),
        figure(median(figures.peakRss)),
        figure(median(figures.perRequest)),
        `${(median(figures.lost) * 100).toFixed(figures.lost.some((lost) => lost > 0) ? 1 : 0)} %`,
      ]),
    ),
  );
}

function judge(what, budget, measured, atLeast = false) {
  const kept = atLeast ? measured >= budget : measured <= budget;
  verdicts.push([what, `${atLeast ? '≥' : '≤'} ${figure(budget)}`, figure(measured), kept ? 'ok' : 'missed']);
}

function heading(text) {
  progress('');
  console.log(`\n### ${text}\n`);
}

/** One line that writes over itself; nothing where output goes to a file. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function listed(text, known, flag) {
  const names = text.split(',').filter(Boolean);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`${flag}: ${unknown} is none of ${known.join(', ')}\n\n${HELP}`);
    process.exit(2);
  }
  return names;
}

/** The two peers of every run are dependencies, the others development dependencies, so that they come only when asked for. */
function installPeers() {
  const has = (peer) => existsSync(new URL(`node_modules/${PACKAGES[peer]}/package.json`, import.meta.url));
  if ([...DEFAULT_PEERS, ...peers].every(has)) return;
  const everyone = peers.some((peer) => !DEFAULT_PEERS.includes(peer));
  const how = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...(everyone ? [] : ['--omit=dev'])];
  execFileSync('npm', how, { cwd: new URL('.', import.meta.url), stdio: 'inherit' });
}
