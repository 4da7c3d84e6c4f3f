import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ORDER } from '../order.js';

const MB = 1024 * 1024;
const SLICE = 500;
/** Retries may leave so little of the thread that half a million calls take for ever. */
const TIME_LIMIT = 60_000;

/** Memory while nobody listens at the other end, and what a call costs meanwhile; at a pace, or as fast as the loop turns. */
export async function measure(subject, { calls, perSecond }) {
  for (let i = 0; i < 1_000; i++) subject.track(ORDER);
  await pause(500);
  const before = process.memoryUsage.rss();
  const times = [];
  const slice = perSecond === undefined ? SLICE : perSecond / 100;
  const start = performance.now();
  const limit = perSecond === undefined ? TIME_LIMIT : Infinity;
  for (let i = 0; i < calls && performance.now() < start + limit; i += slice) {
    const began = performance.now();
    for (let j = 0; j < slice; j++) subject.track(ORDER);
    times.push(((performance.now() - began) * 1_000) / slice);
    const due = perSecond === undefined ? 0 : start + ((i + slice) / perSecond) * 1_000;
    await (due > performance.now() + 1 ? pause(due - performance.now()) : nextTurn());
  }
  await pause(1_000);
  times.sort((a, b) => a - b);
  const peak = process.resourceUsage().maxRSS * 1024;
  return {
    calls: times.length * slice,
    growth: (peak - before) / MB,
    before: before / MB,
    peak: peak / MB,
    after: process.memoryUsage.rss() / MB,
    call: times[Math.floor(times.length / 2)],
    // the vendors' SDKs do not tell
    lost: subject.stats ? lostOf(subject.stats()) : undefined,
  };
}

/** Of all that was called, what will never be sent. */
function lostOf({ called, lanes: { webhook } }) {
  return called - webhook.pending - webhook.delivered;
}
