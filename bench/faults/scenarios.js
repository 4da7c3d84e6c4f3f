import { setTimeout as sleep } from 'node:timers/promises';

const RATE = 250;
/** Longer than any pause of a subject. */
const DRAIN_MS = 45_000;
const OUTAGE_MS = 10_000;

/** Each gets a collector and starts processes of one subject; `measure` returns what the table shows. */
export const SCENARIOS = [
  {
    title: 'connections refused, 1,000 events, then SIGKILL and a restart',
    async measure({ collector, start }) {
      await collector.down();
      const killed = await start();
      await killed.track({ calls: 1_000, perSecond: RATE });
      await sleep(1_000);
      await killed.kill();
      await collector.up();
      await start();
      await collector.arrived(1_000, DRAIN_MS);
      return lostOf(collector, 1_000);
    },
  },
  {
    title: '500 for 10 s, 250 events/s',
    async measure({ collector, start }) {
      const process = await start();
      const until = performance.now() + OUTAGE_MS;
      collector.answers(() => ({ status: performance.now() < until ? 500 : 200 }));
      await process.track({ calls: 5_000, perSecond: RATE });
      await collector.arrived(5_000, DRAIN_MS);
      return lostOf(collector, 5_000);
    },
  },
  {
    title: 'one malformed event of 1,000 makes its request a 400',
    async measure({ collector, start }) {
      collector.answers((body) => ({ status: body.includes('"poison":true') ? 400 : 200 }));
      const process = await start();
      await process.track({ calls: 1_000, poison: 500 });
      await collector.arrived(999, DRAIN_MS / 3);
      return `${999 - collector.accepted.size} of the 999 good events not delivered`;
    },
  },
  {
    title: '429 with `Retry-After: 5` for 10 s, 250 events/s',
    async measure({ collector, start }) {
      const process = await start();
      const until = performance.now() + OUTAGE_MS;
      let freeAt = 0;
      let early = 0;
      collector.answers(() => {
        const now = performance.now();
        if (now < freeAt) early += 1;
        if (now >= until) return { status: 200 };
        freeAt = Math.max(freeAt, now + 5_000);
        return { status: 429, headers: { 'retry-after': '5' } };
      });
      await process.track({ calls: 5_000, perSecond: RATE });
      await collector.arrived(5_000, DRAIN_MS);
      return `${lostOf(collector, 5_000)}; ${early.toLocaleString('en-US')} requests sent early`;
    },
  },
  {
    title: 'SIGTERM with 5,000 events queued, then a restart',
    async measure({ collector, start }) {
      const stopped = await start();
      await stopped.track({ calls: 5_000 });
      const startedAt = performance.now();
      await stopped.end();
      const seconds = (performance.now() - startedAt) / 1_000;
      const before = collector.accepted.size;
      await start();
      await collector.arrived(5_000, DRAIN_MS / 2);
      const later = (collector.accepted.size - before).toLocaleString('en-US');
      return `${lostOf(collector, 5_000)}; ended after ${seconds.toFixed(1)} s, ${later} sent after the restart`;
    },
  },
];

function lostOf({ accepted, duplicates }, called) {
  const lost = called - accepted.size;
  const share = lost === 0 ? '' : ` (${Math.round((lost / called) * 100)} %)`;
  const repeated = duplicates();
  return `${lost.toLocaleString('en-US')} lost${share}${repeated === 0 ? '' : `, ${repeated} repeated`}`;
}
