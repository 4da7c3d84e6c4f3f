import { setTimeout as pause } from 'node:timers/promises';
import { OFFERS } from './offer.js';

/**
 * How long after one synchronous loop of `events` calls all of them are committed: what a SIGKILL in that time would cost.
 * Warmed up with the same loop, so that the first file of the journal is open.
 */
export async function measure(subject, { events }) {
  await committed(subject, events);
  const { loop, all } = await committed(subject, events);
  return { loop, all, perMs: events / all };
}

async function committed(subject, events) {
  const began = performance.now();
  OFFERS.burst(subject, events);
  const loop = performance.now() - began;
  while (subject.stats().journal.uncommitted > 0) await pause(1);
  const all = performance.now() - began;
  await subject.flush();
  return { loop, all };
}
