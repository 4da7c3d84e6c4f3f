import { setTimeout as pause } from 'node:timers/promises';
import { ORDER } from '../order.js';

/** Calls timed together, so that the clock costs little beside them. */
const BLOCK = 20;

/**
 * Microseconds of one `track()` call on the caller's thread, while delivery goes on: blocks of 20 calls, 25 blocks in a row,
 * then 25 ms in which what was tracked is sent.
 */
export async function measure(subject, { calls, warmup }) {
  await blocks(subject, warmup);
  const times = await blocks(subject, calls);
  times.sort();
  return { p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] };
}

async function blocks(subject, calls) {
  const times = new Float64Array(Math.floor(calls / BLOCK));
  for (let i = 0; i < times.length; i++) {
    const began = process.hrtime.bigint();
    for (let j = 0; j < BLOCK; j++) subject.track(ORDER);
    times[i] = Number(process.hrtime.bigint() - began) / 1_000 / BLOCK;
    if (i % 25 === 24) await pause(25);
  }
  return times;
}
