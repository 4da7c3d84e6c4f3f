import Mixpanel from 'mixpanel';
import { EVENT, USER } from '../order.js';

export const label = 'Mixpanel';
export const settings = { default: 'defaults', tuned: 'track_batch(), batches of 50 made by the caller' };

const BATCH = 50;

export function create({ url, setting }) {
  const { hostname, port } = new URL(url);
  const client = Mixpanel.init('bench', { protocol: 'http', host: hostname, port: Number(port) });
  let batch = [];
  let waiting = 0;
  let idle = () => {};
  const sent = (events) => () => (waiting -= events) === 0 && idle();

  function send() {
    const events = batch;
    batch = [];
    client.track_batch(events, { max_batch_size: BATCH }, sent(events.length));
  }

  return {
    // a copy each, since the client writes its token and time into the caller's object
    track(order) {
      waiting += 1;
      if (setting === 'default') client.track(EVENT, { ...order, distinct_id: USER }, sent(1));
      else if (batch.push({ event: EVENT, properties: { ...order, distinct_id: USER } }) === BATCH) send();
    },
    flush() {
      if (batch.length > 0) send();
      return waiting === 0 ? undefined : new Promise((resolve) => (idle = resolve));
    },
    close() {},
  };
}
