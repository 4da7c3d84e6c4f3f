import { setTimeout as sleep } from 'node:timers/promises';
import { link } from '../link.js';

/** One subject in a process of its own, which the run may kill. */
const TICK_MS = 20;
let subject;
let awaited = false;

link(process, {
  async create({ name, ...how }) {
    const module = await import(`./subjects/${name}.js`);
    awaited = module.awaited ?? false;
    subject = await module.create(how);
  },

  /** Calls at a rate, or in one loop; resolves after the last call, not after deliveries. */
  async track({ from = 0, calls, perSecond = Infinity, poison }) {
    const startedAt = performance.now();
    const stored = [];
    for (let made = 0; made < calls;) {
      const due = Math.min(calls, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
      const until = perSecond === Infinity ? calls : due;
      for (; made < until; made++) {
        const n = from + made;
        const call = Promise.resolve(
          subject.track({ n, value: 49.95, ...(n === poison && { poison: true }) }),
        );
        if (awaited) stored.push(call);
        else call.catch(() => {});
      }
      if (made < calls) await sleep(TICK_MS);
    }
    await Promise.all(stored);
  },
});

process.once('SIGTERM', async () => {
  await subject.close();
  process.exit(0);
});
