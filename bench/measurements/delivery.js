import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { OFFERS } from './offer.js';

const MB = 1024 * 1024;
/** How long a subject may take without anything more arriving before the rest counts as lost. */
const PATIENCE = 3_000;

/**
 * CPU of the whole process, all threads, from the first call until the last event has been answered.
 *
 * @param how `copies`: how often each event arrives; default 1
 */
export async function measure(subject, { events, warmup, offer, perSecond, watchLoop, copies = 1 }, count) {
  const first = await count();
  await OFFERS[offer](subject, warmup, perSecond);
  await delivered(subject, count, first.events + warmup * copies);
  await pause(200);

  const before = await count();
  const began = performance.now();
  const cpu = process.cpuUsage();
  const loop = watchLoop && watchEventLoop();
  await OFFERS[offer](subject, events, perSecond);
  const late = loop && loop();
  const end = await delivered(subject, count, before.events + events * copies);

  const arrived = (end.events - before.events) / copies;
  return {
    cpuPerEvent: (end.cpu.user + end.cpu.system - cpu.user - cpu.system) / arrived,
    perSecond: (arrived / (end.at - began)) * 1_000,
    perRequest: (arrived * copies) / (end.requests - before.requests),
    sockets: end.sockets,
    lost: 1 - arrived / events,
    ...late,
    peakRss: (process.resourceUsage().maxRSS * 1024) / MB,
  };
}

/** Until it is called: how late a timer of a millisecond comes, in milliseconds. The timer itself costs CPU. */
function watchEventLoop() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return () => {
    delay.disable();
    // The histogram holds whole intervals.
    const late = (percentile) => delay.percentile(percentile) / 1e6 - 1;
    return { lateP50: late(50), lateP99: late(99), lateMax: late(100) };
  };
}

/** Flushes until everything has arrived, or nothing more does; what was spent until the last arrival. */
async function delivered(subject, count, target) {
  let last = { events: -1 };
  let since = 0;
  for (;;) {
    await subject.flush();
    const at = performance.now();
    const cpu = process.cpuUsage();
    const now = await count();
    if (now.events > last.events) {
      last = { ...now, cpu, at };
      since = at;
    }
    if (now.events >= target || at - since > PATIENCE) return last;
    await pause(50);
  }
}
