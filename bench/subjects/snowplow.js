import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';
import { USER } from '../order.js';

export const label = 'Snowplow';
export const settings = { default: 'defaults', tuned: 'bufferSize 500, maxPostBytes 1,000,000, no Base64' };

const OPTIONS = { default: {}, tuned: { bufferSize: 500, maxPostBytes: 1_000_000 } };

const schema = 'iglu:com.example/order_completed/jsonschema/1-0-0';

export function create({ url, setting }) {
  const tracker = newTracker(
    { namespace: 'bench', appId: 'bench', encodeBase64: setting === 'default' },
    { endpoint: url, ...OPTIONS[setting] },
  );
  tracker.setUserId(USER);
  return {
    track: (order) => tracker.track(buildSelfDescribingEvent({ event: { schema, data: order } })),
    flush: () => tracker.flush(),
    close() {},
  };
}
