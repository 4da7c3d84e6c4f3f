import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, openPage, screenshot, startBrowser, VIEWS } from './browser.mjs';
import { startCollector } from './collector.mjs';
import { startProgram } from './program.mjs';

const ROOT = new URL('../../', import.meta.url);
const scene = {};
before(async () => {
  scene.collector = await startCollector();
  scene.shop = await startSampleShop(scene.collector.url);
  scene.browser = await startBrowser();
});
after(() => Promise.all(Object.values(scene).map((each) => each.close())));

/** The sample shop, against the collector. */
function startSampleShop(collector) {
  return startProgram(['--import', './test/support/child/typescript.mjs', 'sample-app/src/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', SHOP_COLLECTOR: collector },
  });
}

for (const [name, view] of Object.entries(VIEWS)) {
  test(`the sample shop, ${name}: no error, no request to another host, no violation, for a visitor, a customer and the admin`, async (t) => {
    const { page, faults, close } = await openPage(scene.browser, {
      hosts: [new URL(scene.shop.url).host],
      ...view,
    });
    t.after(close);
    const look = async (who) => {
      await page.locator('#feed').waitFor({ state: 'attached' });
      await assertAccessible(page, `the shop of ${who}`);
      assert.deepEqual(faults, []);
    };
    const submit = async (action, fields) => {
      const form = page.locator(`form[data-action="${action}"]`).first();
      for (const [field, value] of Object.entries(fields))
        await form.locator(`[name="${field}"]`).fill(value);
      await Promise.all([page.waitForEvent('load'), form.locator('button').click()]);
    };

    await page.goto(scene.shop.url);
    await look('a visitor');
    await submit('/accounts', {
      name: 'Ada',
      email: `${name.replace(', ', '-')}@example.com`,
      password: 'secret',
    });
    await submit('/orders', {});
    await look('a customer');
    if (name === 'wide, light') await screenshot(page, 'sample-shop');
    if (name === 'wide, dark') await screenshot(page, 'sample-shop-dark');
    await submit('/session', {});
    await submit('/session', { email: 'admin@shop.example', password: 'admin' });
    await look('the admin');
  });
}
