import { describe, expect, test } from '@jest/globals';
import { strandedOf } from '../../../support/accounting.js';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced } from './desk.js';

const ANNA = 'anna@example.com';
const payload = { userIds: [ANNA], anonymousIds: [], properties: [] };

describe('a command and a failure', () => {
  test('continues a replay when the disk is back, and loses no event', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    const events = Array.from({ length: 600 }, () => anEvent());
    await desk.accept(application, ...events);
    await desk.deliver(application, 'shop');
    desk.files.fail(({ kind, path }) => kind === 'write' && path.endsWith('.jsonl'), {
      code: 'ENOSPC',
      times: Infinity,
    });
    const folder = await desk.give(application, desk.command('replay', { filter: {} }));
    await desk.when(() => application.buffer.ledger('shop').replayed > 0);
    await desk.turns(500);
    expect(application.buffer.journal().state).toBe('failing');
    expect(application.buffer.ledger('shop').replayed).toBeLessThan(600);
    desk.files.mend();
    expect((await desk.answer(folder, 'replay-1')).value).toMatchObject({ events: 600 });
    expect(await desk.deliver(application, 'shop')).toHaveLength(600);
    expectBalanced(application, ['shop']);
  });

  test.each([
    ['dead.retry', { filter: {} }],
    ['import', { to: 'shop', events: [] }],
  ] as const)('repeats %s although outcomes cannot be read', async (kind, payload) => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, anEvent());
    await desk.deliver(application, 'shop');
    await desk.accept(application, anEvent());
    await desk.bury(application, 'shop');
    const fault = desk.files.fail(({ kind: does, path }) => does === 'read' && path.endsWith('.acks'), {
      code: 'EIO',
      times: Infinity,
    });
    const command = desk.command(kind, payload);
    const result = await desk.until(application.buffer.execute(command, () => Promise.resolve()));
    expect(result).toMatchObject({ done: true, value: { events: kind === 'import' ? 0 : 1 } });
    expect(fault.hits).toBe(0);
    expectBalanced(application, ['shop']);
  });

  test('refuses to erase if it cannot write to the disk', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    await desk.accept(application, anEvent({ userId: ANNA }));
    desk.files.fail(({ kind, path }) => kind === 'write' && path.endsWith('.jsonl'), {
      code: 'EIO',
      times: Infinity,
    });
    application.buffer.offer(anEvent(), 300, [{ lane: 'shop' }]);
    await desk.turns(10);
    const answer = await desk.ask(application, desk.command('erase', payload));
    expect(answer.error).toContain('EIO');
    expect(answer.error).not.toContain(ANNA);
    desk.files.mend();
    await desk.when(() => application.buffer.journal().state === 'open');
    expect((await desk.ask(application, desk.command('erase', payload, 'again'))).value).toMatchObject({});
    expect(desk.grep(ANNA)).toEqual([]);
    expectBalanced(application, ['shop']);
  });

  test('erases pending events of a destination that is no longer configured', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(
      first,
      anEvent({ lanes: ['hook'], userId: ANNA }),
      anEvent({ lanes: ['shop', 'hook'] }),
    );
    desk.kill(first);
    const second = await desk.open(['shop']);
    await desk.turns(1_500);
    expect(strandedOf(second.buffer.journal())).toEqual({ hook: 2 });
    const answer = await desk.ask(second, desk.command('erase', payload));
    expect(answer.value).toMatchObject({
      events: 1,
      lanes: { 'hook (test/hook.example/key of hook)': 1 },
    });
    expect(second.buffer.ledger('shop').pending).toBe(1);
    expect(strandedOf(second.buffer.journal())).toEqual({ hook: 1 });
    expect(desk.grep(ANNA)).toEqual([]);
  });

  test('is carried out by the next start if the application is closed in the middle of it', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open();
    const events = Array.from({ length: 20 }, () => anEvent());
    await desk.accept(first, ...events);
    await desk.deliver(first, 'shop');
    await desk.give(first, desk.command('replay', { filter: {}, rate: 2 }));
    await desk.when(() => first.buffer.ledger('shop').replayed > 3);
    await desk.close(first);
    expectBalanced(first, ['shop']);
    const second = await desk.open();
    await desk.when(() => second.buffer.ledger('shop').pending === 20);
    await desk.turns(1_000);
    const sent = (await desk.deliver(second, 'shop')).map(({ event }) => event.id);
    expect(sent.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  test('erases neither later events nor those of other people', async () => {
    const desk = new Desk(['shop']);
    const application = await desk.open();
    const others = Array.from({ length: 50 }, (_, i) => anEvent({ userId: `anna${i}@example.com` }));
    await desk.accept(application, ...others, anEvent({ userId: ANNA }));
    const answer = await desk.ask(application, desk.command('erase', payload));
    expect(answer.value).toMatchObject({ events: 1 });
    expect(await desk.deliver(application, 'shop')).toHaveLength(50);
  });
});
