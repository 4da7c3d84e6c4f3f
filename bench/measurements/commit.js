import { setTimeout as pause } from 'node:timers/promises';
import { OFFERS } from './offer.js';

/** How long after the start of one synchronous loop of `events` calls all of them are committed. A SIGKILL costs the others. */
export async function measure(subject, { events, warmup }) {
  await OFFERS.slices(subject, warmup);
  await subject.flush();
  await pause(200);

  const began = performance.now();
  OFFERS.burst(subject, events);
  const loop = performance.now() - began;
  while (subject.stats().journal.uncommitted > 0) await pause(1);
  const all = performance.now() - began;
  await subject.flush();
  return { loop, all, perMs: events / all };
}
