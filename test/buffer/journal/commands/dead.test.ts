import { describe, expect, test } from '@jest/globals';
import type { StoredEvent } from '../../../../lib/buffer/event-buffer.js';
import { anEvent } from '../../../support/an-event.js';
import { lettersOf } from '../../../support/letters-of.js';
import { Desk, expectBalanced } from './desk.js';

describe('dead letters that are sent again', () => {
  test('move from dead to pending, with their note, and no letter is left after a restart', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const event = anEvent({ lanes: ['shop'], properties: { total: 12 } });
    first.buffer.offer(event, 300, [{ lane: 'shop', entry: { note: 77 } }]);
    await desk.bury(first, 'shop');
    expect(first.buffer.ledger('shop').dead).toBe(1);

    const answer = await desk.ask(first, desk.command('dead.retry', { filter: { ids: [event.id] } }));

    expect(answer.value).toEqual({ events: 1, lanes: { shop: 1 } });
    expect(first.buffer.ledger('shop')).toMatchObject({ dead: 0, pending: 1, redriven: 1, replayed: 0 });
    expectBalanced(first);
    await desk.close(first);

    const second = await desk.open();
    const [again] = await desk.deliver(second, 'shop');
    expect(again).toMatchObject({ event: { id: event.id, properties: { total: 12 } }, entry: { note: 77 } });
    expect(second.buffer.ledger('shop')).toMatchObject({ recovered: 1, delivered: 1, dead: 0, pending: 0 });
    expectBalanced(second);
  });

  test('are marked as redriven for the lane, also after a restart; a delivered event is not', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const letter = anEvent({ lanes: ['shop'] });
    const delivered = anEvent({ lanes: ['shop'] });
    await desk.accept(first, letter);
    await desk.bury(first, 'shop');
    await desk.accept(first, delivered);
    await desk.deliver(first, 'shop');
    await desk.ask(first, desk.command('dead.retry', { filter: {} }));
    await desk.ask(first, desk.command('replay', { filter: { ids: [delivered.id] } }));
    const lease = (await desk.lease(first, 'shop'))!;
    const known = (events: readonly StoredEvent[]): unknown[] =>
      events.map(({ event: { id }, wasDead }) => [id, wasDead]);
    expect(known(lease.events)).toEqual([
      [letter.id, true],
      [delivered.id, false],
    ]);
    first.buffer.settle('shop', lease.token, lease.events, { state: 'returned' });
    await desk.close(first);
    const second = await desk.open();
    expect(known(await desk.deliver(second, 'shop'))).toEqual(known(lease.events));
  });

  test('can become dead letters again', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(first, anEvent({ lanes: ['shop'] }));
    await desk.bury(first, 'shop');
    await desk.ask(first, desk.command('dead.retry', { filter: {} }));
    await desk.bury(first, 'shop');
    expect(first.buffer.ledger('shop')).toMatchObject({ dead: 1, pending: 0, redriven: 1 });
    await desk.close(first);
    const second = await desk.open();
    expect(second.buffer.ledger('shop')).toMatchObject({ dead: 1, pending: 0 });
    expectBalanced(second);
  });

  test('are not lost in a crash between the copy and the outcome of the letter, and the command continues after it', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const event = anEvent({ lanes: ['shop'] });
    await desk.accept(first, event);
    await desk.bury(first, 'shop');
    await desk.turns(150);
    // Only the dead-letter file rejects writes.
    first.files.hang(({ kind, path }) => kind === 'write' && path.endsWith('dead.jsonl'));
    await desk.give(first, desk.command('dead.retry', { filter: {} }));
    await desk.when(() => !(first.buffer.ledger('shop').pending === 0));
    await desk.when(() => !(desk.grep('"replay":"dead-retry-1:dead"').length === 0));
    desk.kill(first);

    const second = await desk.open();
    await desk.turns(300);
    expect(second.buffer.ledger('shop')).toMatchObject({ dead: 0, pending: 1 });
    expectBalanced(second);
    const sent = await desk.deliver(second, 'shop');
    expect(sent.map((held) => held.event.id)).toEqual([event.id]);
  });
});

describe('dropped dead letters', () => {
  test('are counted as given up, and do not return', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const [one, two] = [anEvent({ lanes: ['shop'] }), anEvent({ lanes: ['shop'] })];
    await desk.accept(first, one, two);
    await desk.bury(first, 'shop');
    const answer = await desk.ask(
      first,
      desk.command('dead.drop', { filter: { ids: [one.id] }, reason: 'a test order' }),
    );
    expect(desk.grep('"reason":"given_up","why":"a test order"')).toHaveLength(1);
    expect(answer.value).toEqual({ events: 1, lanes: { shop: 1 } });
    const ledger = first.buffer.ledger('shop');
    expect(ledger.dead).toBe(1);
    expect(ledger.dropped.given_up).toBe(1);
    expect(desk.dropped).toEqual([{ id: one.id, lane: 'shop', reason: 'given_up' }]);
    expectBalanced(first);
    await desk.close(first);
    const second = await desk.open();
    const letters = await desk.until(lettersOf(second.buffer, 'shop'));
    expect(letters.map(({ event }) => event.id)).toEqual([two.id]);
  });
});
