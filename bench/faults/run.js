import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { link } from '../link.js';
import { scratchFolder } from '../scratch.js';
import { table } from '../table.js';
import { startCollector } from './collector.js';
import { SCENARIOS } from './scenarios.js';

/** What faults lose at walkerOS, a hand-written outbox, and this package: npm run bench:faults */
const SUBJECTS = ['walkeros', 'outbox', 'nestjs-tracking'];
const EXIT_MS = 90_000;

const { values: flags } = parseArgs({
  options: {
    subjects: { type: 'string', default: SUBJECTS.join(',') },
    only: { type: 'string', default: '' },
  },
});
const subjects = flags.subjects.split(',');

if (!existsSync(new URL('../node_modules/@walkeros/collector', import.meta.url))) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
  });
}

const scratch = scratchFolder();
const labels = await Promise.all(subjects.map(async (name) => (await import(`./subjects/${name}.js`)).label));
const rows = [];
for (const { title, measure } of SCENARIOS.filter((each) => each.title.includes(flags.only))) {
  const cells = [];
  for (const name of subjects) {
    cells.push(await measured(name, measure));
    console.error(`${title} | ${name} | ${cells.at(-1)}`);
  }
  rows.push([title, ...cells]);
}
console.log(table(['', ...labels], rows));
process.exit();

async function measured(name, measure) {
  const collector = await startCollector();
  const folder = join(scratch.path, name);
  mkdirSync(folder);
  const processes = [];
  const start = async () => {
    const child = startChild();
    processes.push(child);
    await child.ask('create', { name, url: collector.url, folder });
    return child;
  };
  try {
    return await measure({ collector, start });
  } finally {
    await Promise.all(processes.map((each) => each.kill()));
    scratch.empty();
  }
}

function startChild() {
  const child = fork(new URL('./child.js', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ask = link(child);
  const signal = (name) => {
    child.kill(name);
    return ended;
  };
  return {
    ask,
    track: (how) => ask('track', how),
    kill: () => signal('SIGKILL'),
    end: () => Promise.race([signal('SIGTERM'), new Promise((resolve) => setTimeout(resolve, EXIT_MS))]),
  };
}
