import { setTimeout } from 'node:timers/promises';

const DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** Reads from the collector what a browser and a server sent. */
export function readArrivals(collector) {
  const requests = new Map();
  const requestOf = async (number) => {
    if (!requests.has(number)) requests.set(number, (await collector.get(`requests/${number}`)).request);
    return requests.get(number);
  };
  const eventsAfter = async (number) => {
    const { events } = await collector.get(`events?after=${number}&limit=1000`);
    return Promise.all(
      events.map(async (event) => {
        const request = await requestOf(event.request);
        const isBrowser = request.headers['user-agent'].startsWith('Mozilla');
        return { ...event, request, side: isBrowser ? 'browser' : 'server' };
      }),
    );
  };
  let last = 0;
  return {
    /**
     * Waits until each of `wanted` has arrived since the last time, and returns all events that have. `wanted` lists
     * members of events, such as `{ platform: 'segment', side: 'server', name: 'Order Completed' }`.
     */
    async next(wanted) {
      const deadline = performance.now() + DEADLINE_MS;
      for (;;) {
        const arrived = await eventsAfter(last);
        const missing = wanted.filter((each) => !arrived.some((event) => fits(event, each)));
        if (missing.length === 0) {
          last = Math.max(...arrived.map(({ number }) => number));
          return arrived;
        }
        if (performance.now() > deadline) throw new Error(lateMessage(missing, arrived));
        await setTimeout(POLL_MS);
      }
    },
  };
}

export function fits(event, wanted) {
  return Object.entries(wanted).every(([name, value]) => event[name] === value);
}

function lateMessage(missing, arrived) {
  const shown = arrived.map(({ platform, side, kind, name }) => ({ platform, side, kind, name }));
  return `The collector has not got ${JSON.stringify(missing)}. It has ${JSON.stringify(shown)}.`;
}
