import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from './browser.mjs';
import { bundleScripts } from './bundle.mjs';
import { startCollector } from './collector.mjs';
import { startJourney } from './journey.mjs';
import { VENDORS } from './vendors.mjs';

const scene = {};
before(async () => {
  scene.collector = await startCollector();
  scene.browser = await startBrowser();
  scene.scripts = await bundleScripts();
});
after(() => Promise.all([scene.browser?.close(), scene.collector?.close()]));

for (const vendor of VENDORS) {
  test(`${vendor.name}: the server's events have the ids of the browser's own, in each step of two people at one browser`, (t) =>
    play(t, [vendor]));
}
test('all: with all platforms on one page, each gets its own ids only', (t) => play(t, VENDORS));

async function play(t, vendors) {
  const journey = await startJourney(scene, vendors);
  t.after(() => journey.close());

  await journey.open();
  const visitor = await journey.step('the first visit', 'order');
  await journey.step('the sign-up', 'sign-up', 'first@example.com');
  await journey.step('the order of the first person', 'order');
  await journey.signOut();
  const next = await journey.step('the visit after the sign-out', 'order');
  for (const { name, namesNobody } of vendors) {
    if (namesNobody === undefined)
      assert.notEqual(
        next[name].anonymousId ?? next[name].userId,
        visitor[name].anonymousId ?? visitor[name].userId,
      );
  }
  await journey.step('the sign-in', 'sign-in', 'first@example.com');
  await journey.open();
  await journey.step('the order after the page was loaded again', 'order');
  await journey.signOut();
  // After a reset, some SDKs make the next id with their next event: here that of the page.
  await journey.open();
  await journey.step('the sign-up of the second person', 'sign-up', 'second@example.com');
  await journey.step('the order of the second person', 'order');
  await journey.switchPerson('a third person, whom the SDKs do not know of', 'third@example.com');
}
