import assert from 'node:assert/strict';
import { fits, readArrivals } from './arrivals.mjs';
import { openPage } from './browser.mjs';
import { assertWithout, idsOf, textsOf } from './ids.mjs';
import { startShop } from './shop/shop.ts';

/** What each button of the page makes the SDKs and the server send. */
const ACTIONS = {
  order: {
    browser: { kind: 'track', name: 'Checkout Started' },
    server: [{ kind: 'track', name: 'Order Completed' }],
  },
  'sign-up': {
    browser: { kind: 'identify' },
    server: [{ kind: 'identify' }, { kind: 'track', name: 'Signed Up' }],
  },
  'sign-in': { browser: { kind: 'identify' }, server: [{ kind: 'track', name: 'Signed In' }] },
  switch: {
    server: [
      // It would join the two people, if it had an id of the one before.
      { kind: 'identify' },
      { kind: 'track', name: 'Signed Up' },
      { kind: 'track', name: 'Order Completed' },
    ],
  },
};

/** A browser on a page of the shop, whose SDKs and server send to the collector, each to the platforms of `vendors`. */
export async function startJourney({ browser, collector, scripts }, vendors) {
  const settings = vendors.map((vendor) => ({ ...vendor, url: `${collector.url}/${vendor.name}` }));
  const shop = await startShop(
    settings.map(({ create, ours, endpoint = 'endpoint', url }) =>
      // Sent at once, so that no step waits for a batch to fill.
      create({ ...ours, [endpoint]: url, batch: { maxDelayMs: 0 } }),
    ),
    { scripts, sdks: settings.map(({ name, ours, sdk, url }) => ({ name, url, ...ours, ...sdk })) },
  );
  const { page, faults, close } = await openPage(browser, {
    hosts: [new URL(collector.url).host, new URL(shop.url).host],
  });
  await collector.post('reset');
  const arrivals = readArrivals(collector);
  /** Each id that was seen, and its owner. */
  const owners = new Map();
  /** The ids of the browser's last own event, by platform. */
  const latest = {};
  let count = 0;

  async function done(expected) {
    await page.waitForFunction((text) => document.querySelector('#done').textContent === text, `${expected}`);
    assert.deepEqual(faults, []);
  }

  async function act(action, email) {
    if (email !== undefined) await page.fill('#email', email);
    await page.click(`#${action}`);
    await done(++count);
    return page.evaluate(() => globalThis.userId);
  }

  /** Waits for the events of an action, and returns them for each platform: the ids of the browser, and the server's events. */
  async function eventsOf(action, userId, senders = vendors) {
    const ofAction = (side) =>
      senders.flatMap((vendor) =>
        [ACTIONS[action][side] ?? []]
          .flat()
          .filter((event) => vendor[side]?.(action, event) ?? true)
          .map((event) => (side === 'browser' && event.kind === 'identify' && vendor.identify) || event)
          .map(({ name, ...event }) => ({
            platform: vendor.name,
            side,
            ...event,
            ...(name !== undefined && { name: vendor.nameOf?.(name) ?? name }),
          })),
      );
    const [browsers, servers] = [ofAction('browser'), ofAction('server')];
    const arrived = await arrivals.next([...browsers, ...servers]);
    const inCookies = await page.evaluate(() => globalThis.idsInCookies());
    return senders.map((vendor) => {
      const isOurs = ({ platform }) => platform === vendor.name;
      const own = browsers.find(isOurs);
      const event = own && arrived.find((each) => fits(each, own));
      return {
        vendor,
        browser:
          event === undefined
            ? { userId: personAt(vendor, userId), ...inCookies[vendor.name] }
            : idsOf(vendor, event),
        server: arrived.filter((each) => isOurs(each) && each.side === 'server'),
      };
    });
  }

  /** The server's events have the expected ids, and their requests no other platform's or earlier person's. */
  function check(step, userId, { vendor, server }, expected) {
    const own = [userId, ...textsOf(expected)];
    const foreign = [...owners].filter(([id]) => !own.includes(id));
    for (const event of server) {
      const what = `${step}: ${vendor.name} ${event.kind} ${event.name}`;
      // KISSmetrics sees the same trait of the same second as one: the browser's and the server's.
      assert.match(event.outcome, /^(?:delivered|duplicate)$/, what);
      assert.deepEqual(idsOf(vendor, event), { ...expected, ...vendor.differs?.(event, expected) }, what);
      assertWithout(event.request, foreign, what);
    }
  }

  return {
    async open() {
      await page.goto(shop.url);
      count = 0;
      await done(count);
    },
    /** Presses a button. The server's events must have the very ids that the browser's own event has. Returns those, by platform. */
    async step(title, action, email) {
      const userId = await act(action, email);
      const all = await eventsOf(action, userId);
      for (const { vendor, browser } of all) {
        latest[vendor.name] = browser;
        for (const id of textsOf(browser)) if (id !== userId) owners.set(id, `${vendor.name} (${title})`);
      }
      if (userId !== null) owners.set(userId, title);
      for (const each of all) {
        const { vendor, browser } = each;
        check(title, userId, each, browser);
        if (userId !== null) assert.equal(browser.userId, personAt(vendor, userId), title);
      }
      return { ...latest };
    },
    /** Signs another person up without telling any SDK: the server has the verified person, and no id of the one before. */
    async switchPerson(title, email) {
      const userId = await act('switch', email);
      // The cookie of one library that names the person before is enough for the ids of all.
      const isUnknown = vendors.every(({ namesNobody }) => namesNobody);
      const senders = vendors.filter(({ needsBrowser }) => isUnknown || !needsBrowser);
      for (const each of await eventsOf('switch', userId, senders)) {
        const { name } = each.vendor;
        const known = Object.entries(latest[name]).map(([id, text]) => [id, isUnknown ? text : null]);
        check(title, userId, each, { ...Object.fromEntries(known), userId: personAt(each.vendor, userId) });
      }
    },
    signOut: () => act('sign-out'),
    async close() {
      await Promise.all([close(), shop.close()]);
    },
  };
}

function personAt({ userId: idOf = (id) => id }, userId) {
  return userId === null ? null : idOf(userId);
}
