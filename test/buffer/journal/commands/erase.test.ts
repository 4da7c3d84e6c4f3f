import { describe, expect, test } from '@jest/globals';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { anEvent } from '../../../support/an-event.js';
import { lettersOf } from '../../../support/letters-of.js';
import { Desk, DIRECTORY, expectBalanced } from './desk.js';

const ANNA = 'anna@example.com';
const BOTH = { lanes: ['shop', 'hook'] };
const ofAnna = (members = {}) => anEvent({ ...BOTH, userId: ANNA, ...members });
const payload = { userIds: [ANNA], anonymousIds: [], properties: [] };

describe('an erasure', () => {
  test('removes delivered events in place, and keeps every other event readable', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const other = anEvent(BOTH);
    await desk.accept(first, ofAnna(), other, ofAnna());
    await desk.deliver(first, 'shop');
    await desk.deliver(first, 'hook');
    const bytes = first.buffer.journal().bytes;

    const answer = await desk.ask(first, desk.command('erase', payload));

    expect(answer).toEqual({ done: true, value: { events: 2, lanes: { shop: 2, hook: 2 } } });
    expect(desk.grep(ANNA)).toEqual([]);
    expect(first.buffer.journal().bytes).toBe(bytes);
    expect(first.buffer.ledger('shop')).toMatchObject({ delivered: 3, pending: 0 });
    expectBalanced(first);
    const again = await desk.ask(first, desk.command('replay', { filter: {} }));
    expect(again.value).toMatchObject({ events: 1 });
    expect((await desk.deliver(first, 'shop')).map(({ event }) => event.id)).toEqual([other.id]);
  });

  test('reports the ids of the person, for data in memory', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(first, ofAnna());
    await desk.ask(first, desk.command('erase', { ...payload, anonymousIds: ['visitor-1'] }));
    expect(desk.erased).toEqual([[ANNA, 'visitor-1']]);
    const byProperty = { ...payload, properties: [{ path: 'email', value: ANNA }] };
    await desk.ask(first, desk.command('erase', byProperty, 'erase-2'));
    expect(desk.erased.slice(1)).toEqual([undefined]);
  });

  test('recognises a person by the browser ids of one destination, and removes the event from all of them', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const [hers, dead, other] = [anEvent(BOTH), anEvent(BOTH), anEvent(BOTH)];
    const offer = (event: typeof hers, anonymousId: string): void =>
      void first.buffer.offer(event, 300, [
        { lane: 'shop', entry: { browser: { anonymousId } } },
        { lane: 'hook' },
      ]);
    offer(dead, 'visitor-42');
    await desk.until(first.buffer.commit());
    await desk.bury(first, 'hook');
    offer(hers, 'visitor-42');
    offer(other, 'visitor-421');
    await desk.until(first.buffer.commit());
    const byBrowser = { ...payload, userIds: [], anonymousIds: ['visitor-42'] };
    const answer = await desk.ask(first, desk.command('erase', byBrowser));
    expect(answer.value).toEqual({ events: 2, lanes: { shop: 2, hook: 2 } });
    expect(first.buffer.ledger('hook')).toMatchObject({ pending: 1, dead: 0 });
    for (const lane of BOTH.lanes) {
      expect((await desk.deliver(first, lane)).map(({ event }) => event.id)).toEqual([other.id]);
    }
    expectBalanced(first);
    expect(desk.grep('visitor-42')).toEqual(desk.grep('visitor-421'));
    for (const { id } of [hers, dead]) expect(desk.grep(`{"id":"${id}"`)).toEqual([]);
  });

  test('drops pending events in memory, and they do not return after a restart', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const [hers, other] = [ofAnna(), anEvent(BOTH)];
    await desk.accept(first, hers, other);
    const answer = await desk.ask(first, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 1 });
    for (const lane of BOTH.lanes) {
      expect(first.buffer.ledger(lane).dropped.erased).toBe(1);
      expect(first.buffer.ledger(lane).pending).toBe(1);
    }
    expect(desk.dropped).toContainEqual({ id: hers.id, lane: 'shop', reason: 'erased' });
    expectBalanced(first);
    desk.kill(first);
    const second = await desk.open();
    expect((await desk.deliver(second, 'shop')).map(({ event }) => event.id)).toEqual([other.id]);
    expect(second.buffer.ledger('shop').dropped.damaged).toBe(0);
    expect(desk.grep(ANNA)).toEqual([]);
    expectBalanced(second);
  });

  test('finds a person by the browser id of a single lane, for all lanes, on disk, in memory and in letters', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const hers = [anEvent(BOTH), anEvent(BOTH), anEvent(BOTH)];
    const other = anEvent(BOTH);
    const browser = (anonymousId: string) => ({ browser: { anonymousId } });
    const offer = async (...events: TrackingEvent[]): Promise<void> => {
      for (const event of events) {
        first.buffer.offer(event, 300, [
          { lane: 'shop', entry: browser(event === other ? 'of-another' : 'her-browser') },
          { lane: 'hook', entry: browser('elsewhere') },
        ]);
      }
      await desk.until(first.buffer.commit());
    };
    const [delivered, dead, pending] = hers as [TrackingEvent, TrackingEvent, TrackingEvent];
    await offer(delivered);
    await desk.deliver(first, 'shop');
    await desk.deliver(first, 'hook');
    await offer(dead);
    await desk.bury(first, 'shop');
    await offer(pending, other);

    const answer = await desk.ask(
      first,
      desk.command('erase', { userIds: [], anonymousIds: ['her-browser'], properties: [] }),
    );

    expect(answer.value).toEqual({ events: 3, lanes: { shop: 3, hook: 3 } });
    expect(desk.grep('her-browser')).toEqual([]);
    expect(desk.grep('of-another')).toHaveLength(1);
    for (const lane of BOTH.lanes) {
      expect((await desk.deliver(first, lane)).map(({ event }) => event.id)).toEqual([other.id]);
    }
    expectBalanced(first);
  });

  test('drops pending events that are on disk only, in our segments and in those of a dead process', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open();
    const filler = (): string => 'x'.repeat(20_000);
    // More than the window of a lane.
    const events = Array.from({ length: 1_500 }, (_, i) =>
      anEvent({ userId: i % 10 === 0 ? ANNA : 'bert', properties: { filler: filler() } }),
    );
    for (const event of events) first.buffer.offer(event, 20_300, [{ lane: 'shop' }]);
    await desk.until(first.buffer.commit());
    const answer = await desk.ask(first, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 150 });
    expect(first.buffer.ledger('shop').dropped.erased).toBe(150);
    expect(first.buffer.ledger('shop').pending).toBe(1_350);
    expectBalanced(first, ['shop']);
    desk.kill(first);

    const second = await desk.open();
    expect(second.buffer.ledger('shop')).toMatchObject({ recovered: 1_350, pending: 1_350 });
    const bert = { ...payload, userIds: ['bert'] };
    expect((await desk.ask(second, desk.command('erase', bert, 'bert'))).value).toMatchObject({
      events: 1_350,
    });
    expect(second.buffer.ledger('shop').dropped.erased).toBe(1_350);
    expect(second.buffer.ledger('shop').dropped.damaged).toBe(0);
    expect(second.buffer.waiting('shop').events).toBe(0);
    expectBalanced(second, ['shop']);
    expect(await desk.deliver(second, 'shop')).toEqual([]);
    expect(second.buffer.ledger('shop').dropped.damaged).toBe(0);
  });

  test('waits for events that are being sent', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, ofAnna({ lanes: ['shop'] }));
    const lease = (await desk.lease(application, 'shop'))!;
    const folder = await desk.give(application, desk.command('erase', payload));
    await desk.turns(300);
    expect(desk.grep(ANNA).length).toBeGreaterThan(0);
    application.buffer.settle('shop', lease.token, lease.events, { state: 'returned' });
    const answer = await desk.answer(folder, 'erase-1');
    expect(answer.value).toMatchObject({ events: 1 });
    expect(application.buffer.ledger('shop').dropped.erased).toBe(1);
    expect(await desk.lease(application, 'shop')).toBeUndefined();
    expectBalanced(application);
  });

  test('drops events that have been leased for too long, as in an outage: they are not sent again', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, ofAnna({ lanes: ['shop'] }));
    const lease = (await desk.lease(application, 'shop'))!;
    const answer = await desk.ask(application, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 1 });
    expect(lease.events.map(({ isGone }) => isGone)).toEqual([true]);
    application.buffer.settle('shop', lease.token, lease.events, { state: 'delivered' });
    expect(application.buffer.ledger('shop')).toMatchObject({ delivered: 0, pending: 0 });
    expect(application.buffer.ledger('shop').dropped.erased).toBe(1);
    expect(desk.grep(ANNA)).toEqual([]);
    expectBalanced(application);
  });

  test('removes dead letters, from memory and from their file', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(first, ofAnna({ lanes: ['shop'] }), anEvent({ lanes: ['shop'] }));
    await desk.bury(first, 'shop');
    const answer = await desk.ask(first, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 1 });
    expect(first.buffer.ledger('shop')).toMatchObject({ dead: 1 });
    expect(first.buffer.ledger('shop').dropped.erased).toBe(1);
    expect(desk.grep(ANNA)).toEqual([]);
    expectBalanced(first);
    await desk.close(first);
    const second = await desk.open();
    expect(second.buffer.ledger('shop')).toMatchObject({ dead: 1, pending: 0 });
  });

  test('removes the person from answers about others, and from the reasons of dropped letters', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const other = anEvent({ lanes: ['shop'] });
    await desk.accept(first, other, anEvent({ lanes: ['shop'] }));
    const lease = (await desk.lease(first, 'shop'))!;
    const answer = `400 ${ANNA} is no friend`;
    const death = { state: 'dead', reason: 'refused', attempts: 1, answer } as const;
    first.buffer.settle('shop', lease.token, lease.events, death);
    await desk.turns(20);
    const drop = { filter: { ids: [other.id] }, reason: `asked for by ${ANNA}` };
    await desk.ask(first, desk.command('dead.drop', drop));
    expect(desk.grep(ANNA)).toHaveLength(1);

    await desk.ask(first, desk.command('erase', payload));
    expect(desk.grep(ANNA)).toEqual([]);
    const [left] = await desk.until(lettersOf(first.buffer, 'shop'));
    expect(left).not.toHaveProperty('answer');
    await desk.ask(first, desk.command('dead.retry', { filter: {} }));
    expect(await desk.deliver(first, 'shop')).toHaveLength(1);
    expectBalanced(first);
  });

  test('finds a person by each of the ids, and by a property', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(
      application,
      anEvent({ ...BOTH, userId: undefined, anonymousId: 'cookie-4711' }),
      anEvent({ ...BOTH, type: 'alias', name: 'alias', userId: 'u1', previousId: 'cookie-4711' }),
      anEvent({ ...BOTH, properties: { customer: { email: 'a "quoted" one' } } }),
      anEvent(BOTH),
    );
    const answer = await desk.ask(
      application,
      desk.command('erase', {
        userIds: [],
        anonymousIds: ['cookie-4711'],
        properties: [{ path: 'customer.email', value: 'a "quoted" one' }],
      }),
    );
    expect(answer.value).toMatchObject({ events: 3 });
    expect(desk.grep('cookie-4711')).toEqual([]);
    expect(desk.grep('quoted')).toEqual([]);
  });

  test('blanks a damaged line that names the person', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(first, ofAnna({ name: 'Broken Thing' }), anEvent(BOTH));
    await desk.close(first);
    const [segment] = desk.grep('Broken Thing');
    desk.files.damage(segment!, (bytes) =>
      Buffer.from(Buffer.from(bytes).toString().replace('Broken Thing', 'Brokem Thing')),
    );
    const second = await desk.open();
    await desk.turns(50);
    expect(desk.grep(ANNA)).toHaveLength(1);
    const answer = await desk.ask(second, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 0 });
    expect(desk.grep(ANNA)).toEqual([]);
    expect(await desk.deliver(second, 'shop')).toHaveLength(1);
    expectBalanced(second);
  });

  test('ends the same after a crash at any operation', async () => {
    for (let operations = 1; ; operations += 3) {
      const desk = new Desk();
      const first = await desk.open();
      const other = anEvent({ lanes: ['shop'] });
      await desk.accept(first, ofAnna({ lanes: ['shop'] }), other, ofAnna({ lanes: ['shop'] }));
      await desk.give(first, desk.command('erase', payload));
      await desk.turns(90 + operations, 10);
      const folder = first.buffer.journal().folder!;
      const isDone = desk.names(`${folder}/inbox`).length === 0;
      desk.kill(first);
      const second = await desk.open();
      await desk.turns(400);
      expect(desk.grep(ANNA)).toEqual([]);
      expect((await desk.deliver(second, 'shop')).map(({ event }) => event.id)).toEqual([other.id]);
      expectBalanced(second);
      if (isDone) return;
    }
  });

  test('leaves no data of the person in its command or its answer', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, ofAnna());
    await desk.ask(application, desk.command('erase', payload));
    expect([...desk.contents(DIRECTORY).values()].filter((text) => text.includes(ANNA))).toEqual([]);
  });
});
