import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assertAccessible, openPage, startBrowser, VIEWS } from './browser.mjs';
import { startCollector } from './collector.mjs';
import { senders } from './collector-page-senders.mjs';

/** A browser and a collector of the test's own. `open()` gives the page at a place; its faults are checked at the end. */
async function scene(t, { view = 'wide, light' } = {}) {
  const [browser, collector] = await Promise.all([startBrowser(), startCollector()]);
  const opened = [];
  let closed;
  const stop = () => (closed ??= collector.close());
  t.after(() => Promise.all([browser.close(), stop()]));
  const open = async (query = '', as = view) => {
    const one = await openPage(browser, { hosts: [new URL(collector.url).host], ...VIEWS[as] });
    opened.push(one);
    await one.page.goto(`${collector.url}/${query}`);
    await one.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    return one.page;
  };
  const assertNoFaults = () =>
    assert.deepEqual(
      opened.flatMap(({ faults }) => faults),
      [],
    );
  return { collector, stop, open, assertNoFaults, ...senders(collector.url) };
}

/** One event of each outcome, a person with two ids, a failed request, and some more. */
async function fill({ collector, segment, posthog, message }) {
  const repeated = message({ event: 'Invoice Paid' });
  await segment(
    message({ type: 'identify', event: undefined, anonymousId: 'browser-1', traits: { plan: 'pro' } }),
  );
  await segment(message(), message({ event: 'Signed Up', userId: 'grace' }), repeated);
  await segment(repeated, message({ event: 'Newsletter Opened', userId: undefined }));
  await posthog({ event: 'Without a person', properties: {} });
  await collector.post('answers', { platform: 'segment', answer: 'error', requests: 1 });
  await segment(message({ event: 'Not counted' }));
}

/** The rows of the list, not those of the endpoints. */
const rows = (page) => page.locator('.lists tbody tr');
const row = (page, text) => rows(page).filter({ hasText: text });

test('an empty collector says what to set in the application, for each platform', async (t) => {
  const { collector, open, assertNoFaults } = await scene(t);
  const page = await open();
  const { platforms } = await collector.get('stats');
  const choice = page.getByLabel('Destination');
  assert.equal(await choice.locator('option').count(), platforms.length);
  await choice.selectOption({ label: 'PostHog' });
  await page.getByText(`host: '${collector.url}/posthog'`).first().waitFor();
  await page.getByText('The endpoints of all').click();
  assert.equal(await page.getByRole('row').count(), platforms.length + 1);
  assertNoFaults();
});

test('every view is accessible, and fits, wide and on a phone, in light and in dark', async (t) => {
  const it = await scene(t);
  const { open, collector, assertNoFaults } = it;
  const check = async (page, what) => {
    await assertAccessible(page, what);
    const surplus = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(surplus, 0, `${what}: the page is ${surplus} pixels too wide`);
  };
  for (const view of Object.keys(VIEWS)) await check(await open('', view), `empty, ${view}`);
  await fill(it);
  await collector.post('answers', { platform: 'posthog', answer: 'throttled' });
  const [{ number: event }] = (await collector.get('events?outcome=dropped')).events;
  const main = ['', `?event=${event}`];
  const others = [
    '?view=names',
    '?view=people',
    '?view=requests',
    '?view=requests&request=2',
    '?search=nothing',
  ];
  for (const view of Object.keys(VIEWS)) {
    // Each view is seen in both widths and in both schemes, and the two main ones in all four.
    const isMixed = view === 'wide, dark' || view === 'phone, light';
    for (const place of isMixed ? main : [...main, ...others]) {
      const page = await open(place, view);
      await page.locator('table:visible, .panel:visible, .empty:visible').first().waitFor();
      await check(page, `${place}, ${view}`);
      if (place === '') {
        await page.getByRole('button', { name: 'Outage of Segment' }).click();
        await check(page, `outage, ${view}`);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Reset…' }).click();
        await check(page, `reset, ${view}`);
      }
      await page.context().close();
    }
  }
  assertNoFaults();
});

test('shows each outcome, names, people and requests as the collector counts them', async (t) => {
  const it = await scene(t);
  await fill(it);
  const page = await it.open();
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Segment' }) });
  assert.match(
    await card.innerText(),
    /4\s+delivered[^]*duplicate\s+1[^]*rejected\s+0[^]*dropped\s+1[^]*4 requests · 1 failed/,
  );
  await row(page, 'Newsletter Opened').getByText('It has neither a userId nor an anonymousId.').waitFor();

  await page.getByRole('radio', { name: /^dropped/ }).check();
  await row(page, 'Invoice Paid').first().waitFor({ state: 'detached' });
  assert.equal(await rows(page).count(), 1);
  assert.equal(new URL(page.url()).search, '?outcome=dropped');

  await page.getByRole('link', { name: 'Names' }).click();
  assert.match(await row(page, 'Invoice Paid').innerText(), /Segment\s+1\s+1\s+0\s+0/);
  await page.getByRole('link', { name: 'Invoice Paid' }).click();
  await page.getByRole('list', { name: 'Filters in force' }).getByText('Invoice Paid').waitFor();

  await page.getByRole('link', { name: 'People' }).click();
  await row(page, 'browser-1').getByRole('link', { name: 'ada' }).click();
  await page.waitForURL(/person=ada/);
  await row(page, 'identify').waitFor();

  await page.goto(`${it.collector.url}/?view=requests`);
  await row(page, 'not counted').getByText('Error').waitFor();
  await row(page, 'not counted').getByRole('link').click();
  await page.getByText('A scripted answer failed it.').first().waitFor();
  const shown = await page.locator('.panel').innerText();
  assert.match(shown, /"event": "Not counted"/);
  assert.doesNotMatch(shown, /secret-write-key/);
  assert.ok(!shown.includes(btoa('secret-write-key:')));
  it.assertNoFaults();
});

test('one event shows all its members, and its request leads back to it', async (t) => {
  const it = await scene(t);
  await it.segment(
    it.message({ anonymousId: 'browser-1', properties: { total: 49.9, items: [{ sku: 'A' }] } }),
  );
  const page = await it.open();
  await row(page, 'Order Completed').getByRole('link').click();
  const panel = page.getByRole('region', { name: 'Order Completed' });
  for (const text of ['ada', 'browser-1', 'message-1', '"total": 49.9', '"sku": "A"'])
    await panel.getByText(text).first().waitFor();
  await panel.getByRole('link', { name: 'Request 1' }).click();
  const request = page.getByRole('region', { name: 'Request 1' });
  await request.getByRole('link', { name: 'Order Completed' }).click();
  await panel.waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  it.assertNoFaults();
});

test('new events appear automatically, but not while the reader is reading', async (t) => {
  const it = await scene(t);
  await it.segment(it.message({ event: 'First' }));
  const page = await it.open();
  await row(page, 'First').waitFor();
  await it.segment(it.message({ event: 'Second' }));
  await row(page, 'Second').waitFor();
  await row(page, 'First').getByRole('link').click();
  await it.segment(it.message({ event: 'Third' }));
  const newer = page.getByRole('button', { name: '1 new event' });
  await newer.waitFor();
  assert.equal(await row(page, 'Third').count(), 0);
  await newer.click();
  await row(page, 'Third').waitFor();

  await page.keyboard.press('Escape');
  await it.segment(...Array.from({ length: 60 }, () => it.message({ event: 'Filler' })));
  await row(page, 'Filler').first().waitFor();
  await page.mouse.wheel(0, 1_500);
  await page.waitForFunction(() => scrollY > 1_000);
  const before = await page.evaluate(() => scrollY);
  await it.segment(it.message({ event: 'Fourth' }));
  await newer.waitFor();
  assert.equal(await page.evaluate(() => scrollY), before);
  await newer.click();
  await row(page, 'Fourth').waitFor();

  await page.getByRole('button', { name: 'Pause updates' }).click();
  await it.segment(it.message({ event: 'Fifth' }));
  await page.getByRole('button', { name: 'Pause updates', pressed: true }).click();
  await row(page, 'Fifth').waitFor();
  it.assertNoFaults();
});

test('a hidden tab asks nothing, and reads everything at once when it is seen again', async (t) => {
  const it = await scene(t);
  await it.segment(it.message({ event: 'First' }));
  const page = await it.open();
  await row(page, 'First').waitFor();
  await page.clock.install();
  const setHidden = (isHidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await setHidden(true);
  await page.evaluate(() => fetch('./_collector/stats').then((response) => response.text())); // the last poll has ended
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await it.segment(it.message({ event: 'Second' }));
  await page.clock.runFor(60_000);
  assert.deepEqual(asked, []);
  await setHidden(false);
  await row(page, 'Second').waitFor();
  it.assertNoFaults();
});

test('the search and the filters are in the URL, so that a view can be shared', async (t) => {
  const it = await scene(t);
  await fill(it);
  const page = await it.open();
  await row(page, 'Signed Up').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('GRACE');
  await row(page, 'Invoice Paid').first().waitFor({ state: 'detached' });
  assert.equal(await rows(page).count(), 1);
  await page.waitForURL(/\?search=GRACE$/);
  await page.getByRole('link', { name: 'Segment', exact: true }).click();
  await row(page, 'Signed Up').getByRole('link').click();
  const shared = new URL(page.url()).search;
  assert.match(shared, /platform=segment&search=GRACE&event=\d+/);

  const other = await it.open(shared);
  await other.getByRole('region', { name: 'Signed Up' }).waitFor();
  assert.equal(await rows(other).count(), 1);
  assert.equal(await other.getByRole('searchbox').inputValue(), 'GRACE');

  await page.goBack();
  await page.getByRole('region', { name: 'Signed Up' }).waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('nothing-like-this');
  await page.getByText('No events match').waitFor();
  await page.getByRole('link', { name: 'Remove all filters' }).click();
  await row(page, 'Invoice Paid').first().waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  it.assertNoFaults();
});

test('an outage is chosen by keyboard, changes the answers, and ends with Recover', async (t) => {
  const it = await scene(t);
  await it.segment(it.message());
  const page = await it.open();
  const outage = page.getByRole('button', { name: 'Outage of Segment' });
  await outage.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Outage of Segment' });
  await dialog.getByRole('radio', { name: /^Throttled/ }).focus();
  await page.keyboard.press('Space');
  await dialog.getByRole('radio', { name: 'Until recovered' }).focus();
  await page.keyboard.press('Space');
  await dialog.getByRole('button', { name: 'Start' }).focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('until recovered').waitFor();
  assert.equal(await it.segment(it.message()), 429);
  await page.getByText('2 requests · 1 failed').waitFor();
  await page.getByRole('button', { name: 'Recover Segment' }).click();
  await page.getByText('until recovered').waitFor({ state: 'detached' });
  assert.equal(await it.segment(it.message()), 200);

  await outage.click();
  await dialog.getByRole('radio', { name: /^Down/ }).check();
  await dialog.getByRole('radio', { name: '1 min' }).check();
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByText(/\d+ s left/).waitFor();
  await assert.rejects(it.segment(it.message()));
  it.assertNoFaults();
});

test('a reset asks first, and deletes everything', async (t) => {
  const it = await scene(t);
  await fill(it);
  await it.collector.post('answers', { platform: 'segment', answer: 'slow' });
  const page = await it.open();
  const reset = page.getByRole('button', { name: 'Reset…' });
  await reset.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  // The focus is back where it was.
  await page.locator('button:focus', { hasText: 'Reset…' }).waitFor();
  assert.equal((await it.collector.get('events')).events.length, 7);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await page.getByLabel('Keep the scripted answers').check();
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('until recovered').waitFor();
  assert.equal((await it.collector.get('events')).events.length, 0);
  await reset.click();
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Ready for the first event').waitFor();
  assert.deepEqual(await it.collector.get('answers'), []);
  it.assertNoFaults();
});

test('markup, control characters and reversed text are shown as text in every view', async (t) => {
  const it = await scene(t);
  const evil = `<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>\u0000\u001b[31m\u202egnp.exe '\`&amp;`;
  const deep = { [evil]: evil, list: [evil, { [evil]: null }] };
  await it.segment(
    it.message({ event: evil, userId: evil, anonymousId: `${evil}2`, messageId: evil, properties: deep }),
  );
  await it.segment(it.message({ type: 'group', event: undefined, groupId: evil, traits: deep }));
  await fetch(`${it.collector.url}/segment/v1/batch?${encodeURIComponent(evil)}`, {
    method: 'POST',
    headers: { 'x-markup': '<img src=x onerror=1>', 'content-type': 'text/html' },
    body: evil,
  });
  const requests = (await it.collector.get('requests')).requests.map(({ number }) => number);
  const events = (await it.collector.get('events')).events.map(({ number }) => number);
  const filter = new URLSearchParams({ platform: evil, name: evil, person: evil, search: evil });
  const places = ['', '?view=names', '?view=people', '?view=requests', `?${filter}`];
  places.push(...events.map((number) => `?event=${number}`));
  places.push(...requests.map((number) => `?view=requests&request=${number}`));
  for (const place of places) {
    const page = await it.open(place);
    // The list of requests has URLs, where the markup is encoded.
    const text = place === '?view=requests' ? '%3Cimg%20src' : '<img src=x';
    await page.locator('.panel, .lists tbody tr, .chips').filter({ hasText: text }).first().waitFor();
    const shown = await page.locator('body').innerText();
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(shown, /[\u0000\u001b\u202e]/, place);
    const found = await page.evaluate(() => [
      globalThis.hacked,
      document.querySelectorAll('img').length,
      document.querySelectorAll('script').length,
      document.querySelectorAll('[style]').length,
    ]);
    assert.deepEqual(found, [undefined, 1, 1, 0], place);
    await page.context().close();
  }
});

test('20,000 events and many names stay in a short list', async (t) => {
  const it = await scene(t);
  for (let sent = 0; sent < 20_000; sent += 500) {
    const batch = Array.from({ length: 500 }, (_, i) =>
      it.message({ event: `Event ${(sent + i) % 2_100}`, userId: `user-${i}` }),
    );
    await it.segment(...batch);
  }
  const page = await it.open();
  await page.getByText('20,000', { exact: true }).first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.lists tbody tr').length === 100);
  await page.getByRole('button', { name: 'Show older events' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.lists tbody tr').length === 200);
  await page.getByRole('link', { name: 'Names' }).click();
  await page.getByRole('button', { name: /^Show more of 5\d\d names$/ }).waitFor();
  assert.equal(await rows(page).count(), 100);
  await page.getByRole('searchbox').fill('event 42');
  await page.waitForFunction(() => document.querySelectorAll('.lists tbody tr').length < 100);
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('searchbox').fill('user-499');
  await page.waitForFunction(() => document.querySelectorAll('.lists tbody tr').length === 1);
  it.assertNoFaults();
});

test('a collector that ends is reported, and the page continues with the next one', async (t) => {
  const it = await scene(t);
  await it.segment(it.message({ event: 'Before' }));
  const page = await it.open();
  await row(page, 'Before').waitFor();
  const { port } = new URL(it.collector.url);
  await it.stop();
  const notice = page.getByRole('alert').filter({ hasText: 'The collector is not running' });
  await notice.getByText(`npx nestjs-tracking collector --port ${port}`).waitFor();
  await row(page, 'Before').waitFor();

  const next = await startCollector('--port', port);
  t.after(() => next.close());
  await notice.waitFor({ state: 'detached' });
  await page.getByText('Ready for the first event').waitFor();
  await it.segment(it.message({ event: 'After' }));
  await row(page, 'After').waitFor();
});

test('the policy of the page stops a script and a style that would be inserted, and a frame around it', async (t) => {
  const it = await scene(t);
  const response = await fetch(it.collector.url);
  const policy = response.headers.get('content-security-policy');
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
  ])
    assert.ok(policy.includes(part), part);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const page = await it.open();
  const violated = await page.evaluate(async () => {
    const found = [];
    const three = new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        if (found.push(effectiveDirective) === 3) resolve();
      });
    });
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="data:," onerror="globalThis.hacked = 1"><p style="color: red">',
    );
    await fetch('http://localhost:9/').catch(() => {});
    await three;
    return [...found, globalThis.hacked];
  });
  assert.deepEqual(violated.toSorted(), ['connect-src', 'script-src-attr', 'style-src-attr', undefined]);
});

test('the script of the page is small, and a second build gives the same bytes', () => {
  const root = new URL('../../', import.meta.url);
  const read = () => readFileSync(new URL('dist/esm/collector/page/page.js', root), 'utf8');
  const first = read();
  assert.ok(first.length < 60_000, `${first.length} bytes`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build-page.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  assert.equal(read(), first);
});
