import { Analytics } from '@customerio/cdp-analytics-node';
import { EVENT, USER } from '../order.js';

export const label = 'Customer.io';
export const settings = {
  default: 'defaults, but flushInterval 1 s',
  tuned: 'maxEventsInBatch 500, flushInterval 1 s',
};

const OPTIONS = { default: {}, tuned: { maxEventsInBatch: 500 } };

/** It has no flush but the last one, so deliveries are counted by its callbacks. */
export function create({ url, setting }) {
  const client = new Analytics({ writeKey: 'bench', host: url, flushInterval: 1_000, ...OPTIONS[setting] });
  client.on('error', () => {});
  let waiting = 0;
  let idle = () => {};
  const done = () => --waiting === 0 && idle();
  return {
    track(order) {
      waiting += 1;
      client.track({ userId: USER, event: EVENT, properties: order }, done);
    },
    flush: () => (waiting === 0 ? undefined : new Promise((resolve) => (idle = resolve))),
    close: () => client.closeAndFlush({ timeout: 5_000 }),
  };
}
