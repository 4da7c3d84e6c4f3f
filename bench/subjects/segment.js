import { Analytics } from '@segment/analytics-node';
import { EVENT, USER } from '../order.js';

export const label = 'Segment';
export const settings = { default: 'defaults', tuned: 'flushAt 500' };

const OPTIONS = { default: {}, tuned: { flushAt: 500, flushInterval: 1_000 } };

export function create({ url, setting }) {
  const client = new Analytics({ writeKey: 'bench', host: url, ...OPTIONS[setting] });
  client.on('error', () => {});
  return {
    track: (order) => client.track({ userId: USER, event: EVENT, properties: order }),
    flush: () => client.flush({ timeout: 30_000 }),
    close: () => client.closeAndFlush({ timeout: 5_000 }),
  };
}
