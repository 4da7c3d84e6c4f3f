import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';
import { link } from './link.js';
import { EVENT, ORDER } from './order.js';

/** Events at a steady rate, each of them new to the collector: another id, person and time. */
const CONNECTIONS = 64;
const STARTED = Math.floor(Date.now() / 1_000);
let number = 0;

const [beforeId, afterId] = JSON.stringify({
  type: 'track',
  event: EVENT,
  userId: 'user-#',
  messageId: 'message-#',
  timestamp: new Date(STARTED * 1_000).toISOString(),
  properties: ORDER,
}).split('"user-#","messageId":"message-#"');

/** As kissmetrics() writes it: nested properties with dots, lists as JSON. */
const { shipping, items, ...flat } = ORDER;
const form = Object.entries({
  _k: '0123456789abcdef',
  _n: EVENT,
  _t: STARTED,
  _d: 1,
  ...flat,
  items: JSON.stringify(items),
  ...Object.fromEntries(Object.entries(shipping).map(([name, value]) => [`shipping.${name}`, value])),
})
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  .join('&');

/** Requests in the forms of platforms. */
const FORMS = {
  segment: {
    path: '/segment/v1/batch',
    headers: { 'content-type': 'application/json', authorization: 'Basic a2V5Og==' },
    body: (events) => `{"batch":[${Array.from({ length: events }, message).join()}]}`,
  },
  kissmetrics: {
    path: '/kissmetrics/e',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: () => `_p=user-${number++}&${form}`,
  },
};

function message() {
  number++;
  return `${beforeId}"user-${number % 5_000}","messageId":"message-${process.pid}-${number}"${afterId}`;
}

link(process, {
  /** Resolves to the events that were answered, that failed, and that were answered per second. */
  async send({ url, platform, batch, perSecond, seconds }) {
    const { path, headers, body } = FORMS[platform];
    const total = perSecond * seconds;
    const began = performance.now();
    const outcome = { answered: 0, failed: 0 };
    let offered = 0;
    let last = began;
    const isDue = () => offered < ((performance.now() - began) / 1_000) * perSecond;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const client = new Client(url);
        while (offered < total) {
          if (!isDue()) {
            await pause(1);
            continue;
          }
          offered += batch;
          try {
            const response = await client.request({ method: 'POST', path, headers, body: body(batch) });
            await response.body.dump();
            outcome[response.statusCode === 200 ? 'answered' : 'failed'] += batch;
          } catch {
            outcome.failed += batch;
          }
          last = performance.now();
        }
        await client.close();
      }),
    );
    return { ...outcome, perSecond: (outcome.answered / (last - began)) * 1_000 };
  },
});
