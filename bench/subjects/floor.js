import { Client } from 'undici';
import { EVENT, USER } from '../order.js';

/** The least that could work: a copy, an id, an array, one request per 500. No retry, no bound, no identity, no counting. */
export const label = 'bare pipeline';
export const settings = { tuned: 'snapshot, stringify, undici; batches of 500' };

const BATCH = 500;

export function create({ url }) {
  const { origin, pathname } = new URL(url);
  const sockets = Array.from({ length: 4 }, () => new Client(origin));
  const sending = new Set();
  let waiting = [];
  let sent = 0;

  function cut() {
    const batch = waiting;
    waiting = [];
    return batch;
  }

  function send(batch) {
    const request = post(sockets[sent++ % sockets.length], batch).finally(() => sending.delete(request));
    sending.add(request);
  }

  async function post(socket, batch) {
    const { body } = await socket.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: batch }),
    });
    await body.dump();
  }

  return {
    track(order) {
      const now = Date.now();
      waiting.push({
        id: uuidLike(),
        type: 'track',
        name: EVENT,
        timestamp: now,
        acceptedAt: now,
        userId: USER,
        properties: copy(order),
        lanes: ['webhook'],
      });
      if (waiting.length === BATCH) setImmediate(send, cut());
    },
    async flush() {
      if (waiting.length > 0) send(cut());
      while (sending.size > 0) await Promise.all(sending);
    },
    close: () => Promise.all(sockets.map((socket) => socket.close())),
  };
}

let ids = 0;
const uuidLike = () => `019aaf00-0000-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;

function copy(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const result = {};
  for (const key in value) result[key] = copy(value[key]);
  return result;
}
