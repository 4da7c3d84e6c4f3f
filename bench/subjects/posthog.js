import { PostHog } from 'posthog-node';
import { EVENT, USER } from '../order.js';

export const label = 'PostHog';
export const settings = {
  default: 'defaults',
  tuned: 'flushAt and maxBatchSize 500, maxQueueSize 1,000,000, disableCompression',
};

const OPTIONS = {
  default: {},
  tuned: {
    flushAt: 500,
    maxBatchSize: 500,
    maxQueueSize: 1_000_000,
    flushInterval: 1_000,
    disableCompression: true,
  },
};

export function create({ url, setting }) {
  const client = new PostHog('phc_bench', { host: url, ...OPTIONS[setting] });
  return {
    track: (order) => client.capture({ distinctId: USER, event: EVENT, properties: order }),
    flush: () => client.flush(),
    close: () => client.shutdown(),
  };
}
