import { Types, createInstance } from '@amplitude/analytics-node';
import { EVENT, USER } from '../order.js';

export const label = 'Amplitude';
export const settings = { default: 'defaults', tuned: 'flushQueueSize 500' };

const OPTIONS = { default: {}, tuned: { flushQueueSize: 500, flushIntervalMillis: 1_000 } };

export async function create({ url, setting }) {
  const client = createInstance();
  const serverUrl = `${url}/2/httpapi`;
  await client.init('bench', { serverUrl, logLevel: Types.LogLevel.None, ...OPTIONS[setting] }).promise;
  return {
    track: (order) => client.track(EVENT, order, { user_id: USER }),
    flush: () => client.flush().promise,
    close() {},
  };
}
