import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ORDER } from '../order.js';

/** The ways in which events come in. */
export const OFFERS = {
  /** As fast as a busy server can: a hundred per turn of the event loop, which goes on turning. */
  async slices(subject, events) {
    for (let i = 0; i < events; i += 100) {
      for (let j = Math.min(100, events - i); j > 0; j--) subject.track(ORDER);
      await nextTurn();
    }
  },

  /** All in one synchronous loop. */
  burst(subject, events) {
    for (let i = 0; i < events; i++) subject.track(ORDER);
  },

  /** So many a second, in portions every ten milliseconds. */
  async paced(subject, events, perSecond = 2_000) {
    const portion = perSecond / 100;
    const began = performance.now();
    for (let i = 0; i < events; i += portion) {
      for (let j = 0; j < portion; j++) subject.track(ORDER);
      const ahead = ((i + portion) / perSecond) * 1_000 - (performance.now() - began);
      if (ahead > 1) await pause(ahead);
    }
  },
};
