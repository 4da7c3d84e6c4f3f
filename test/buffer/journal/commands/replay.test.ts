import { describe, expect, test } from '@jest/globals';
import { anEvent, NEW_YEAR } from '../../../support/an-event.js';
import { Desk, expectBalanced, type Application } from './desk.js';

const BOTH = { lanes: ['shop', 'hook'] };
const idsOf = (held: readonly { event: { id: string } }[]): string[] => held.map(({ event }) => event.id);

async function delivered(desk: Desk, application: Application): Promise<void> {
  await desk.deliver(application, 'shop');
  await desk.deliver(application, 'hook');
}

describe('a replay', () => {
  test('sends an event again unchanged: same id, times, person and properties', async () => {
    const desk = new Desk();
    const application = await desk.open();
    const event = anEvent({
      ...BOTH,
      timestamp: NEW_YEAR - 5_000,
      acceptedAt: NEW_YEAR - 4_000,
      properties: { total: 129.9 },
    });
    await desk.accept(application, event);
    await delivered(desk, application);

    const answer = await desk.ask(application, desk.command('replay', { filter: {} }));

    expect(answer).toEqual({ done: true, value: { events: 1, lanes: { shop: 1, hook: 1 } } });
    const [again] = await desk.deliver(application, 'shop');
    expect(again?.event).toEqual(event);
    const ledger = application.buffer.ledger('shop');
    expect(ledger).toMatchObject({ accepted: 1, replayed: 1, delivered: 2, pending: 0 });
    expectBalanced(application);
    expect(desk.grep('"replay":"replay-1"')).toHaveLength(1);
  });

  test('goes to the requested destinations, with the notes of their lanes', async () => {
    const desk = new Desk();
    const application = await desk.open();
    const event = anEvent({ lanes: ['shop'] });
    application.buffer.offer(event, 300, [{ lane: 'shop', entry: { note: 1_767_225_601 } }]);
    await desk.until(application.buffer.commit());
    await delivered(desk, application);

    await desk.ask(application, desk.command('replay', { filter: {}, to: ['hook', 'unheard-of'] }));
    expect(application.buffer.waiting('shop').events).toBe(0);
    expect(idsOf(await desk.deliver(application, 'hook'))).toEqual([event.id]);

    await desk.ask(application, desk.command('replay', { filter: {}, to: ['shop'] }, 'second'));
    expect((await desk.deliver(application, 'shop'))[0]?.entry).toEqual({ note: 1_767_225_601 });
    expectBalanced(application);
  });

  test('never goes to a destination from which the event was withheld, also after a crash', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const event = anEvent({ lanes: ['shop'] });
    const withheld = [{ lane: 'hook', entry: { withheld: 'consent' } }] as const;
    first.buffer.offer(event, 300, [{ lane: 'shop' }], withheld);
    await desk.until(first.buffer.commit());
    await desk.deliver(first, 'shop');
    const all = await desk.ask(first, desk.command('replay', { filter: {}, to: 'all' }));
    expect(all.value).toEqual({ events: 1, lanes: { shop: 1 } });
    await desk.turns(100);
    desk.kill(first);
    const second = await desk.open();
    const named = await desk.ask(second, desk.command('replay', { filter: {}, to: ['hook'] }, 'second'));
    expect(named.value).toEqual({ events: 0, lanes: {} });
    expect(await desk.lease(second, 'hook')).toBeUndefined();
  });

  test('goes to a destination that did not get the event before, if the application accepts it now', async () => {
    const desk = new Desk();
    const asked: string[] = [];
    const application = await desk.open(['shop', 'hook'], {}, ({ id, lanes }, lane) => {
      asked.push(`${id} ${lanes.join()}`);
      return id === declined.id ? undefined : { lane, entry: { note: 7 } };
    });
    const [taken, declined] = [anEvent({ lanes: ['shop'] }), anEvent({ lanes: ['shop'] })];
    await desk.accept(application, taken, declined);
    await desk.deliver(application, 'shop');
    const answer = await desk.ask(application, desk.command('replay', { filter: {}, to: ['hook'] }));
    expect(answer.value).toEqual({ events: 1, lanes: { hook: 1 } });
    expect(asked).toEqual([`${taken.id} hook`, `${declined.id} hook`]);
    const [held] = await desk.deliver(application, 'hook');
    expect(held).toMatchObject({ event: { id: taken.id }, entry: { note: 7 } });
    expectBalanced(application);
  });

  test.each([
    [{}, ['track']],
    [{ types: ['identify', 'alias'] }, ['identify', 'alias']],
  ])('of %j sends %j again, and leaves other types alone', async (filter, types) => {
    const desk = new Desk();
    const application = await desk.open();
    const all = (['track', 'identify', 'group', 'alias'] as const).map((type) =>
      anEvent({ type, lanes: ['shop'] }),
    );
    await desk.accept(application, ...all);
    await desk.deliver(application, 'shop');
    await desk.ask(application, desk.command('replay', { filter }));
    expect((await desk.deliver(application, 'shop')).map(({ event }) => event.type)).toEqual(types);
  });

  test('copies the events that its filter selects, and no copies of an earlier replay', async () => {
    const desk = new Desk();
    const application = await desk.open();
    const wanted = anEvent({ ...BOTH, userId: 'anna' });
    await desk.accept(application, wanted, anEvent({ ...BOTH, userId: 'bert' }));
    await delivered(desk, application);
    const command = desk.command('replay', { filter: { userIds: ['anna'] } });
    expect((await desk.ask(application, command)).value).toMatchObject({ events: 1 });
    await delivered(desk, application);
    const second = { ...command, id: 'second' };
    expect((await desk.ask(application, second)).value).toMatchObject({ events: 1 });
    expect(idsOf(await desk.deliver(application, 'shop'))).toEqual([wanted.id]);
  });

  test('does not copy pending events, because they are sent anyway', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, anEvent(BOTH));
    await desk.deliver(application, 'shop');
    const answer = await desk.ask(application, desk.command('replay', { filter: {} }));
    expect(answer.value).toEqual({ events: 1, lanes: { shop: 1 } });
    expect(await desk.deliver(application, 'hook')).toHaveLength(1);
    expectBalanced(application);
  });

  test('moves a dead letter back to the queue, and makes no second event', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, anEvent({ lanes: ['shop'] }));
    await desk.bury(application, 'shop');
    await desk.ask(application, desk.command('replay', { filter: { states: ['dead'] } }));
    expect(application.buffer.ledger('shop')).toMatchObject({
      dead: 0,
      pending: 1,
      redriven: 1,
      replayed: 0,
    });
    expectBalanced(application);
  });

  test('is carried out once, however often it is given', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, anEvent(BOTH));
    await delivered(desk, application);
    const command = desk.command('replay', { filter: {} });
    const first = await desk.ask(application, command);
    await desk.until(desk.files.remove(`${application.buffer.journal().folder!}/outbox/${command.id}.json`));
    expect(await desk.ask(application, command)).toEqual(first);
    expect(application.buffer.ledger('shop').replayed).toBe(1);
  });

  test('continues after a crash, and makes no copy twice', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const events = Array.from({ length: 30 }, () => anEvent({ lanes: ['shop'] }));
    await desk.accept(first, ...events);
    await delivered(desk, first);
    await desk.turns(100);
    const command = desk.command('replay', { filter: {}, rate: 10 });
    await desk.give(first, command);
    await desk.when(() => !(first.buffer.ledger('shop').replayed < 7));
    await desk.turns(5);
    const made = first.buffer.ledger('shop').replayed;
    desk.kill(first);

    const second = await desk.open();
    expect(second.buffer.ledger('shop').recovered).toBe(made);
    await desk.when(() => !(second.buffer.ledger('shop').pending < events.length));
    await desk.turns(500);
    const sent = idsOf(await desk.deliver(second, 'shop'));
    expect(sent.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
    expectBalanced(second);
  });

  test('keeps the requested rate', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, ...Array.from({ length: 40 }, () => anEvent({ lanes: ['shop'] })));
    await desk.deliver(application, 'shop');
    await desk.turns(150);
    await desk.give(application, desk.command('replay', { filter: {}, rate: 10 }));
    const { buffer } = application;
    await desk.when(() => buffer.ledger('shop').replayed > 0);
    const began = desk.clock.monotonic();
    await desk.when(() => !(buffer.ledger('shop').replayed < 40));
    expect(desk.clock.monotonic() - began).toBeGreaterThanOrEqual(3_800);
    expect(desk.clock.monotonic() - began).toBeLessThan(4_200);
  });

  test('includes adopted folders, and the heartbeat continues in the meantime', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const event = anEvent({ lanes: ['shop'] });
    await desk.accept(first, event);
    await desk.deliver(first, 'shop');
    await desk.turns(200);
    desk.kill(first);
    const second = await desk.open();
    await desk.accept(second, anEvent({ lanes: ['hook'] }));
    expect(await desk.lease(second, 'shop')).toBeUndefined();
    const answer = await desk.ask(second, desk.command('replay', { filter: {}, rate: 0.05 }));
    expect(answer.value).toEqual({ events: 1, lanes: { shop: 1 } });
    expect(idsOf(await desk.deliver(second, 'shop'))).toEqual([event.id]);
    expect(second.buffer.journal().state).toBe('open');
  });

  test('reports its progress', async () => {
    const desk = new Desk();
    const application = await desk.open();
    await desk.accept(application, ...Array.from({ length: 20 }, () => anEvent({ lanes: ['shop'] })));
    await desk.deliver(application, 'shop');
    const folder = await desk.give(application, desk.command('replay', { filter: {}, rate: 5 }));
    const seen = new Set<number>();
    for (;;) {
      await desk.turns(1);
      if (!desk.names(`${folder}/outbox`).includes('replay-1.json')) continue;
      const answer = JSON.parse(desk.files.text(`${folder}/outbox/replay-1.json`)) as {
        progress?: { done: number };
      };
      if (answer.progress === undefined) break;
      seen.add(answer.progress.done);
    }
    expect(seen.size).toBeGreaterThan(2);
  });

  test('answers a command that it does not understand with an error, and changes nothing', async () => {
    const desk = new Desk();
    const application = await desk.open();
    const answer = await desk.ask(application, desk.command('replay', { filter: { colour: 'red' } }));
    expect(answer.error).toContain('does not understand');
  });
});
