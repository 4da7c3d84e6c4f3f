import { describe, expect, test } from '@jest/globals';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced } from '../commands/desk.js';

const EVENTS = 30_000;
const GROUP = 500;
const LIMITS = { maxEvents: 500, maxBytes: 10_000_000 };

describe('events beyond the window', () => {
  test('are on disk only, and are read back in order, each once', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    const { buffer } = application;
    for (let at = 0; at < EVENTS; at += GROUP) {
      await desk.accept(
        application,
        ...Array.from({ length: GROUP }, (_, n) => anEvent({ properties: { n: at + n } })),
      );
    }
    const waiting = buffer.waiting('shop').events;
    const numbers: number[] = [];
    for (;;) {
      const lease = buffer.lease('shop', LIMITS) ?? (await desk.lease(application, 'shop'));
      if (lease === undefined) break;
      numbers.push(...lease.events.map(({ event }) => event.properties['n'] as number));
      buffer.settle('shop', lease.token, lease.events, { state: 'delivered' });
    }

    expect(waiting).toBe(EVENTS);
    expect(numbers).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
    expectBalanced(application, ['shop']);
  });

  test('are before those that are accepted while they are read back', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    for (let at = 0; at < EVENTS; at += GROUP) {
      await desk.accept(
        application,
        ...Array.from({ length: GROUP }, (_, n) => anEvent({ properties: { n: at + n } })),
      );
    }
    const numbers: number[] = [];
    for (let next = EVENTS; ; next++) {
      const lease = await desk.lease(application, 'shop');
      if (lease === undefined) break;
      numbers.push(...lease.events.map(({ event }) => event.properties['n'] as number));
      application.buffer.settle('shop', lease.token, lease.events, { state: 'delivered' });
      if (next < EVENTS + 20) await desk.accept(application, anEvent({ properties: { n: next } }));
    }

    expect(numbers).toEqual(Array.from({ length: EVENTS + 20 }, (_, n) => n));
  });
});
