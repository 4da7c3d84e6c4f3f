import { test } from 'node:test';
import { openPage, screenshot, startBrowser } from './browser.mjs';
import { startCollector } from './collector.mjs';
import { senders } from './collector-page-senders.mjs';

/** The pictures are the same in each run: so are the address, the clock, the times, and what arrived in which second. */
const ADDRESS = 'http://127.0.0.1:4100';
const NOW = Date.UTC(2026, 5, 1, 10, 24, 30);
/** More than the page shows, so that its first second is out of the picture. */
const SECONDS = 66;
const NAMES = ['Product Viewed', 'Product Added', 'Checkout Started', 'Signed Up', 'Order Completed'];
const PEOPLE = ['user_1842', 'user_1907', 'user_1911', 'user_2040', 'user_2077', 'user_2113'];

test('screenshots for README and docs', async (t) => {
  const [browser, collector] = await Promise.all([startBrowser(), startCollector()]);
  t.after(() => Promise.all([browser.close(), collector.close()]));
  const open = await fill(collector);
  for (const colorScheme of ['light', 'dark']) {
    const { page, close } = await openPage(browser, {
      hosts: ['127.0.0.1:4100'],
      viewport: { width: 1280, height: 880 },
      colorScheme,
      timezoneId: 'UTC',
    });
    await page.clock.install({ time: NOW - SECONDS * 1_000 });
    let second = 0;
    await page.route(`${ADDRESS}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      const response = await route.fetch({ url: `${collector.url}${pathname}${search}` });
      if (!pathname.startsWith('/_collector/')) return route.fulfill({ response });
      return route.fulfill({ response, json: steady(await response.json(), second) });
    });
    await page.goto(`${ADDRESS}/?event=${open}`);
    await page.clock.pauseAt(NOW - (SECONDS - 10) * 1_000);
    for (; second < SECONDS; second++) {
      const polled = page.waitForResponse(/stats\?names=false/);
      await page.clock.runFor(1_000);
      await polled;
    }
    await page.getByText('Also known as').waitFor();
    await screenshot(page, colorScheme === 'light' ? 'collector' : 'collector-dark');
    await close();
  }
});

/** Sends to five platforms; gives the number of the event to open. */
async function fill(collector) {
  const { segment, posthog, mixpanel, kissmetrics, message } = senders(collector.url);
  const pick = (list, i) => list[(i * 7 + (i >> 2)) % list.length];
  const many = (count, make) => Array.from({ length: count }, (_, i) => make(i));
  for (const anonymousId of ['b1c7e0f2-5d0a-4f4e', 'phone-77f0c2'])
    await segment(message({ type: 'identify', event: undefined, userId: 'user_1842', anonymousId }));
  for (let i = 0; i < 12; i++)
    await segment(...many(100, (k) => message({ event: pick(NAMES, i + k), userId: pick(PEOPLE, k + i) })));
  await posthog(
    ...many(860, (i) => ({
      event: pick(NAMES, i),
      distinct_id: pick(PEOPLE, i),
      uuid: `0190a6c4-0000-7000-8000-${String(i).padStart(12, '0')}`,
      timestamp: new Date().toISOString(),
      properties: { plan: 'pro' },
    })),
  );
  const record = (i, more) => ({
    event: pick(NAMES, i),
    properties: { time: Date.now(), distinct_id: pick(PEOPLE, i), $insert_id: `insert-${i}`, ...more },
  });
  await mixpanel(...many(640, (i) => record(i)));
  await mixpanel(record(900), record(901, { distinct_id: 'user_1907', time: 'yesterday' }));
  await collector.post('answers', { platform: 'posthog', answer: 'throttled', seconds: 600 });
  for (let i = 0; i < 3; i++) await posthog({ event: 'Signed Up', distinct_id: 'user_2113', properties: {} });
  const purchase = message({ userId: 'user_1842', anonymousId: 'b1c7e0f2-5d0a-4f4e' });
  for (let i = 0; i < 24; i++) {
    const time = { _k: 'secret', _t: String(Math.floor(Date.now() / 1_000)), _d: '1', _u: `${i}` };
    await kissmetrics('e', { _n: pick(NAMES, i), _p: pick(PEOPLE, i), ...time });
  }
  await segment(message({ event: 'Newsletter Opened', userId: undefined }));
  await mixpanel(record(902));
  await segment(purchase);
  const { events } = await collector.get('events?limit=1');
  await segment(purchase);
  await kissmetrics('e', {
    _n: 'Checkout Started',
    _p: 'user_2077',
    _k: 'secret',
    _t: '1780309460',
    _d: '1',
  });
  await mixpanel(record(903));
  return events[0].number;
}

/** An answer of the API with the times of the picture, and with the counts of a second of its minute. */
function steady(value, second) {
  const timed = (event) => ({ ...event, ...times(event) });
  if (Array.isArray(value.events)) return { ...value, events: value.events.map(timed) };
  if (Array.isArray(value.people)) return value;
  if (!Array.isArray(value.platforms)) return value;
  return {
    ...value,
    revision: second,
    platforms: value.platforms.map((counts, i) => ({
      ...counts,
      delivered: soFar(counts.delivered, second, i),
    })),
    answers: value.answers.map((answer) => ({ ...answer, seconds: 41 })),
  };
}

let newest = 0;
function times({ number, time }) {
  newest = Math.max(newest, number);
  const receivedAt = NOW - 400 - (newest - number) * 730;
  return { receivedAt, time: time === null ? null : receivedAt - 38 };
}

/** Of a total that arrived in waves over the minute, the part until a second. */
function soFar(total, second, phase) {
  const weight = (s) => 2.2 + Math.sin(s / 5 + phase * 1.9) + 0.7 * Math.sin(s / 1.7 + phase);
  const sum = (end) => Array.from({ length: end }, (_, s) => weight(s)).reduce((all, each) => all + each, 0);
  return Math.round((total * sum(Math.min(second, SECONDS - 1))) / sum(SECONDS - 1));
}
