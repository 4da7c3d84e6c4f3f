import { Client } from 'undici';
import { link } from './link.js';
import { ORDER } from './order.js';

/** Orders from 16 kept-alive connections, each sending its next request when the last was answered. */
const CONNECTIONS = 16;
const body = JSON.stringify(ORDER);
const clients = new Map();
let busy = false;

link(process, {
  async send({ url, requests }) {
    const connections = connectionsTo(url);
    let left = requests;
    let failed = 0;
    busy = true;
    stayAwake();
    await Promise.all(
      connections.map(async (client) => {
        while (left-- > 0) {
          const response = await client.request({
            method: 'POST',
            path: '/orders',
            headers: { 'content-type': 'application/json' },
            body,
          });
          await response.body.dump();
          if (response.statusCode !== 201) failed += 1;
        }
      }),
    );
    busy = false;
    if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`);
  },
});

function connectionsTo(url) {
  if (!clients.has(url))
    clients.set(
      url,
      Array.from({ length: CONNECTIONS }, () => new Client(url)),
    );
  return clients.get(url);
}

/**
 * Polls and never sleeps while it sends. To wake a sleeping reader is work of the one who writes, up to 15 µs for each answer,
 * and the slower the application, the more often its client would be asleep: the difference would count double.
 */
function stayAwake() {
  if (busy) setImmediate(stayAwake);
}
