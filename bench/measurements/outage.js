import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ORDER } from '../order.js';

const MB = 1024 * 1024;
const SLICE = 500;
/** Retries may leave so little of the thread that half a million calls take for ever. */
const TIME_LIMIT = 60_000;

/** Memory while nobody listens at the other end, and what a call costs meanwhile. */
export async function measure(subject, { calls }) {
  for (let i = 0; i < 1_000; i++) subject.track(ORDER);
  await pause(500);
  const before = process.memoryUsage.rss();
  const times = [];
  const deadline = performance.now() + TIME_LIMIT;
  for (let i = 0; i < calls && performance.now() < deadline; i += SLICE) {
    const began = performance.now();
    for (let j = 0; j < SLICE; j++) subject.track(ORDER);
    times.push(((performance.now() - began) * 1_000) / SLICE);
    await nextTurn();
  }
  await pause(1_000);
  times.sort((a, b) => a - b);
  return {
    calls: times.length * SLICE,
    growth: (process.resourceUsage().maxRSS * 1024 - before) / MB,
    before: before / MB,
    after: process.memoryUsage.rss() / MB,
    call: times[Math.floor(times.length / 2)],
  };
}
