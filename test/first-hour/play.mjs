import assert from 'node:assert/strict';
import { block, blocksOf, mustSay, pathOf } from './page.mjs';
import { freePort } from './application.mjs';
import { run, start } from './processes.mjs';
import { startCollector, TRY_IT } from './collector.mjs';

const QUICK_START = 'Quick start';
const CONFIG = 'docs/configuration.md';
const KEY = { KISSMETRICS_API_KEY: '0'.repeat(40) };

/** What an existing application has, and what the page about its options tells to install. */
export async function install(application) {
  const { text } = block(CONFIG, 'With `ConfigService`', 'sh', 'npm install');
  const names = text
    .split('\n')
    // A line may be for one version only: `# NestJS 11`.
    .filter((line) => !/# NestJS \d+/.test(line) || line.includes(`# NestJS ${application.major}`))
    .map((line) => /^npm install (\S+)/.exec(line)[1]);
  await application.install(
    `npm install ${[...names, `@nestjs/platform-fastify@${application.major}`].join(' ')}`,
  );
}

/** The README's quick start, on Express and on Fastify. */
export async function quickStart(application, report) {
  application.replaceOptions(block('README.md', QUICK_START, 'ts', 'forRoot').text);
  application.addClass(
    block('README.md', QUICK_START, 'ts', 'export class OrdersController').text,
    'controllers',
  );
  application.addClass(block('README.md', QUICK_START, 'ts', 'TrackingService').text, 'providers');
  mustSay('README.md', 'In `main.ts`, add `app.enableShutdownHooks()` before `app.listen()`');
  application.edit('src/main.ts', (text) =>
    text.replace('  await app.listen', '  app.enableShutdownHooks();\n  await app.listen'),
  );
  application.write(
    'src/main.fastify.ts',
    `import { FastifyAdapter } from '@nestjs/platform-fastify';\n${application
      .read('src/main.ts')
      .replace('create(AppModule)', 'create(AppModule, new FastifyAdapter())')}`,
  );
  await application.build();
  report('builds with the quick start of the README');

  const refused = await application.command(`node dist/${mainOf(application)}`, { fails: true });
  assert.match(refused, /TrackingConfigError: .*`destinations\[0\]\.apiKey`/);
  report('says at start that the key is missing');

  const collector = await startCollector(application);
  pointAt(collector, application);
  await application.build();
  for (const main of ['main', 'main.fastify']) await deliver(application, main, collector, report);
  await collector.stop();
  await outage(application, collector.port, report);
}

/** The option of "Try it" that leads to the collector. */
function pointAt(collector, application) {
  const { text } = block('README.md', TRY_IT, 'ts', 'endpoint');
  const [option] = /, endpoint: '[^']*'/.exec(collector.at(text));
  application.edit('src/app.module.ts', (module) =>
    module.replace(/(kissmetrics\(\{ apiKey: [\w.]+)/, `$1${option}`),
  );
}

/** Calls the route of the README, once for each of the given orders. */
async function order(app, ...ids) {
  const { text } = block('README.md', QUICK_START, 'sh', 'curl');
  const [, method, path] = /curl -X (\w+) http:\/\/localhost:3000(\S+)O-1/.exec(text);
  for (const id of ids) {
    const response = await fetch(app.url + path + id, { method });
    assert.equal(response.status, 201);
  }
}

/** The command line of the README shows the event as its comment says. */
async function listed(application, id, state) {
  mustSay(
    'README.md',
    'npx nestjs-tracking list',
    '`list` shows the event: `pending` at first, `delivered` when',
  );
  let output = '';
  for (let tries = 0; tries < 60; tries++) {
    output = await application.command('npx nestjs-tracking list --json');
    const found = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .find((line) => line.includes(`"orderId":"${id}"`));
    if (found?.includes(`"state":"${state}"`)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`\`npx nestjs-tracking list\` does not show ${id} as ${state}:\n${output}`);
}

async function deliver(application, main, collector, report) {
  const id = `${main}-1`;
  const app = await application.start(main, KEY);
  await order(app, id, id);
  await arrived(collector, id);
  await listed(application, id, 'delivered');
  const shown = await application.command('npx nestjs-tracking list');
  assert.match(shown, /Order Completed .*user-1001 .*kissmetrics: delivered/);
  const [lane] = /^kissmetrics .*$/m.exec(await application.command('npx nestjs-tracking status'));
  const accepted = main === 'main' ? '1' : '2';
  assert.equal(lane.split(/\s+/)[1], accepted, `counts one event for each order: ${lane}`);
  await app.stop();
  report(
    `${main}: an event arrives, the same order is counted once, the command line shows both, and SIGTERM ends it`,
  );
}

/** The README's promises of a process that is killed while the platform is down. */
async function outage(application, port, report) {
  const app = await application.start('main', KEY);
  await order(app, 'in-outage');
  await listed(application, 'in-outage', 'pending');
  app.kill('SIGKILL');
  await app.ended;
  const collector = await startCollector(application, port);
  const next = await application.start('main', KEY);
  await arrived(collector, 'in-outage');
  await listed(application, 'in-outage', 'delivered');
  await next.stop();
  await collector.stop();
  report('an event of an outage survives SIGKILL, and is sent after the restart');
}

async function arrived(collector, orderId) {
  const { userId, outcome, properties } = await collector.event({ name: 'Order Completed', search: orderId });
  assert.deepEqual(
    { userId, outcome, orderId: properties.orderId },
    { userId: 'user-1001', outcome: 'delivered', orderId },
  );
}

/** docs/configuration.md and docs/testing.md: options from the environment, and tests without any. */
export async function configuration(application, report) {
  application.importModules(block(CONFIG, 'With `ConfigService`', 'ts', 'export class AppModule').text);
  await application.build();
  const { text: promised } = block(CONFIG, 'With `ConfigService`', 'text', 'TrackingConfigError');
  const refused = await application.command(`node dist/${mainOf(application)}`, { fails: true });
  assert.ok(refused.includes(promised), `does not say what ${CONFIG} says:\n${refused}`);
  mustSay(CONFIG, '`TRACKING_ENABLED=false` turns tracking off');
  const app = await application.start('main', { TRACKING_ENABLED: 'false' });
  await order(app, 'disabled');
  await app.stop();
  report('takes its options from @nestjs/config, and needs no key where tracking is disabled');

  const files = [CONFIG, 'docs/testing.md']
    .flatMap((page) => blocksOf(page))
    .filter((each) => each.lang === 'ts' && pathOf(each)?.endsWith('spec.ts') === true)
    .map((each) => ({ ...each, text: forRunner(each, application.runner) }))
    .filter(({ text }) => text !== undefined);
  assert.ok(files.length > 0);
  for (const each of files) application.write(pathOf(each), each.text);
  const output = await application.command('npm test', { env: { CI: 'true' } });
  const unit = files
    .filter((each) => !pathOf(each).includes('e2e'))
    .map((each) => pathOf(each).split('/').pop());
  for (const name of unit) assert.ok(output.includes(name), `${name} did not run:\n${output}`);
  report(
    `its ${application.runner} runs ${unit.join(', ')} and the scaffold's own test, without any variable`,
  );
  if (unit.length < files.length) {
    await application.command('npm run test:e2e -- orders', { env: { CI: 'true' } });
    report('its end-to-end test runs');
  }
}

/** A test of a page for the application's runner; the pages say what to replace for Jest. */
function forRunner({ page, text }, runner) {
  if (runner === 'vitest') return text.includes("from '@jest/globals'") ? undefined : text;
  if (text.includes("from '@jest/globals'") || page !== CONFIG) {
    return text.includes("from 'vitest'") ? undefined : text;
  }
  mustSay(
    CONFIG,
    'With Jest, import `expect` and `test` from `@jest/globals`, and `nestjs-tracking/testing/jest`',
  );
  return text
    .replace("from 'vitest'", "from '@jest/globals'")
    .replace('nestjs-tracking/testing/vitest', 'nestjs-tracking/testing/jest');
}

function mainOf(application) {
  return application.has('dist/src/main.js') ? 'src/main' : 'main';
}

/** `npm run sample` in a clone, and the command that it prints. */
export async function clone(root, directory, report) {
  const sample = start(root, 'npm run sample', {
    PORT: String(await freePort()),
    NESTJS_TRACKING_DIRECTORY: directory,
  });
  const [, hint] = await sample.says(/^ +(npx nestjs-tracking .*)$/m, 180_000);
  assert.match(await run(root, hint), /^kissmetrics /m);
  sample.kill('SIGINT');
  await sample.ended;
  report('`npm run sample` in a clone prints a command that works there');
}
