import assert from 'node:assert/strict';
import { startCollector, TRY_IT } from './collector.mjs';
import { block, mustSay } from './page.mjs';

const CONTROLLER = 'src/app.controller.ts';

/** The README's first section: an application as `nest new` makes it sends its first event, without an account. */
export async function tryIt(application, tarball, report) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1_000);
  const { text } = block('README.md', TRY_IT, 'sh', 'npm install');
  await application.install(/^npm install (\S+)$/m.exec(text)[0].replace('nestjs-tracking', tarball));
  const installed = seconds();

  const collector = await startCollector(application);
  const { text: example } = block('README.md', TRY_IT, 'ts', 'export class AppModule');
  application.importModules(collector.at(example));
  const decorator = "@Track('Page Viewed', { user: { userId: 'user-1001' } })";
  mustSay(
    'README.md',
    `Add \`${decorator}\` to the method of a route, with \`Track\` from \`nestjs-tracking\``,
  );
  const scaffolded = application.read(CONTROLLER);
  application.edit(CONTROLLER, (before) =>
    `import { Track } from 'nestjs-tracking';\n${before}`.replace('  getHello', `  ${decorator}\n  getHello`),
  );
  await application.build();
  // It calls the route until it gets an answer.
  const app = await application.start('main');

  const { userId } = await collector.event({
    platform: 'kissmetrics',
    name: 'Page Viewed',
    outcome: 'delivered',
  });
  assert.equal(userId, 'user-1001');
  assert.match(await collector.page(), /<script/);
  const took = seconds();
  await app.stop();
  // One warning is for the next section of the README.
  const warnings = app
    .output()
    .split('\n')
    .filter((line) => /WARN|ERROR/.test(line) && !line.includes('app.enableShutdownHooks()'));
  assert.deepEqual(warnings, []);
  await collector.stop();
  application.write(CONTROLLER, scaffolded.trimEnd());
  report(
    `"Try it" of the README shows its first event after ${took} s, ${installed} s of them for npm install`,
  );
}
