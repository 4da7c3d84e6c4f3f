import assert from 'node:assert/strict';
import { block, blocksOf, mustSay, pathOf } from './page.mjs';
import { freePort } from './application.mjs';
import { run, start } from './processes.mjs';

const QUICK_START = 'Quick start';
const CONFIG = 'docs/configuration.md';

/** What the pages tell to install, in one command: the package is the tarball that would be published. */
export async function install(application, tarball) {
  const commands = [
    block('README.md', QUICK_START, 'sh', 'npm install').text,
    block(CONFIG, 'With `ConfigService`', 'sh', 'npm install').text,
  ];
  const names = commands
    .flatMap((text) => text.split('\n'))
    // A line may be for one version only: `# NestJS 11`.
    .filter((line) => !/# NestJS \d+/.test(line) || line.includes(`# NestJS ${application.major}`))
    .map((line) => /^npm install (\S+)/.exec(line)[1])
    .map((name) => (name === 'nestjs-tracking' ? tarball : name));
  const fastify = `@nestjs/platform-fastify@${application.major}`;
  await application.command(
    `npm install ${[...names, fastify].join(' ')} --prefer-offline --no-audit --no-fund --loglevel=error`,
  );
}

/** The README's quick start, on Express and on Fastify. */
export async function quickStart(application, report) {
  application.importModules(block('README.md', QUICK_START, 'ts', 'export class AppModule').text);
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

  const port = await useReceiver(application);
  await application.build();
  const receiver = await startReceiver(port);
  for (const main of ['main', 'main.fastify']) await deliver(application, main, receiver, report);
  receiver.kill('SIGKILL');
  await outage(application, port, report);
}

/** The README's receiver in place of KISSmetrics, on a port that is free here. */
async function useReceiver(application) {
  mustSay('README.md', "Use `webhook({ url: 'http://127.0.0.1:4100' })` in place of `kissmetrics(…)`");
  const port = await freePort();
  application.edit('src/app.module.ts', (text) =>
    text
      .replace(/kissmetrics\(\{.*?\}\)/, `webhook({ url: 'http://127.0.0.1:${port}' })`)
      .replace('kissmetrics }', 'webhook }'),
  );
  return port;
}

async function startReceiver(port) {
  const { text } = block('README.md', QUICK_START, 'sh', 'createServer');
  const receiver = start('.', text.replace('4100', String(port)));
  for (;;) {
    const listens = await fetch(`http://127.0.0.1:${port}`, { method: 'POST' }).then(
      (response) => response.ok,
      () => false,
    );
    if (listens) return receiver;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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
  mustSay('README.md', 'npx nestjs-tracking list # Order Completed user-1001 kissmetrics: delivered');
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

async function deliver(application, main, receiver, report) {
  const id = `${main}-1`;
  const app = await application.start(main);
  await order(app, id, id);
  await receiver.says(new RegExp(`"orderId":"${id}"`));
  await listed(application, id, 'delivered');
  const shown = await application.command('npx nestjs-tracking list');
  assert.match(shown, /Order Completed .*user-1001 .*webhook: delivered/);
  const [lane] = /^webhook .*$/m.exec(await application.command('npx nestjs-tracking status'));
  const accepted = main === 'main' ? '1' : '2';
  assert.equal(lane.split(/\s+/)[1], accepted, `counts one event for each order: ${lane}`);
  await stop(app);
  report(
    `${main}: an event arrives, the same order is counted once, the command line shows both, and SIGTERM ends it`,
  );
}

/** The README's promises of a process that is killed while the platform is down. */
async function outage(application, port, report) {
  const app = await application.start('main');
  await order(app, 'in-outage');
  await listed(application, 'in-outage', 'pending');
  app.kill('SIGKILL');
  await app.ended;
  const receiver = await startReceiver(port);
  const next = await application.start('main');
  await receiver.says(/"orderId":"in-outage"/);
  await listed(application, 'in-outage', 'delivered');
  await stop(next);
  receiver.kill('SIGKILL');
  report('an event of an outage survives SIGKILL, and is sent after the restart');
}

async function stop(app) {
  app.kill('SIGTERM');
  const limit = setTimeout(() => app.kill('SIGKILL'), 15_000);
  assert.notEqual(await app.ended, 'SIGKILL', `did not end within 15 s of SIGTERM:\n${app.output()}`);
  clearTimeout(limit);
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
  await stop(app);
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
