import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, startBrowser, VIEWS } from './browser.mjs';
import { startCollector } from './collector.mjs';

test('the collector page opens without an error and without a request to another host', async (t) => {
  const [browser, collector] = await Promise.all([startBrowser(), startCollector()]);
  t.after(() => Promise.all([browser.close(), collector.close()]));
  const { page, faults } = await openPage(browser, {
    hosts: [new URL(collector.url).host],
    ...VIEWS['wide, light'],
  });
  await page.goto(collector.url);
  assert.deepEqual(faults, []);
});
