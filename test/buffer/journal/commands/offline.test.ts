import { describe, expect, test } from '@jest/globals';
import { runOffline } from '../../../../lib/buffer/journal/run-offline.js';
import { oneAtATime } from '../../../../lib/buffer/journal/files/one-at-a-time.js';
import type { Command, CommandResult } from '../../../../lib/buffer/journal/ownership/command.js';
import { anEvent } from '../../../support/an-event.js';
import { Desk, DIRECTORY, expectBalanced } from './desk.js';

const BOTH = { lanes: ['shop', 'hook'] };

async function offline(desk: Desk, command: Command): Promise<readonly CommandResult[]> {
  const process = desk.machine.start();
  const setup = { files: oneAtATime(desk.files), process, clock: desk.clock };
  const results = await desk.until(runOffline(setup, DIRECTORY, command, () => undefined));
  desk.machine.end(process.self);
  return results;
}

describe('without a running application, the command line', () => {
  test('queues events again, and the next start sends them', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const event = anEvent(BOTH);
    await desk.accept(first, event);
    await desk.deliver(first, 'shop');
    await desk.deliver(first, 'hook');
    await desk.close(first);

    const command = desk.command('replay', { filter: {}, to: ['hook'] });
    expect(await offline(desk, command)).toEqual([{ done: true, value: { events: 1, lanes: { hook: 1 } } }]);
    // A command that is given twice is carried out once.
    expect(await offline(desk, command)).toEqual([{ done: true, value: { events: 0, lanes: {} } }]);

    const second = await desk.open();
    expect(second.buffer.ledger('hook')).toMatchObject({ recovered: 1, pending: 1 });
    expect((await desk.deliver(second, 'hook')).map((held) => held.event.id)).toEqual([event.id]);
    expect(await desk.deliver(second, 'shop')).toEqual([]);
    expectBalanced(second);
  });

  test('sends letters of a dead process again, and drops others', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const [one, two] = [anEvent({ lanes: ['shop'] }), anEvent({ lanes: ['shop'] })];
    await desk.accept(first, one, two);
    await desk.bury(first, 'shop');
    await desk.turns(100);
    desk.kill(first);
    await offline(desk, desk.command('dead.retry', { filter: { ids: [one.id] } }));
    await offline(desk, desk.command('dead.drop', { filter: { ids: [two.id] }, reason: 'old' }));
    const second = await desk.open();
    expect((await desk.deliver(second, 'shop')).map((held) => held.event.id)).toEqual([one.id]);
    expect(second.buffer.ledger('shop').dead).toBe(0);
    expectBalanced(second);
  });

  test('erases a person in the folders of every group', async () => {
    const desk = new Desk();
    const both = await desk.open();
    await desk.accept(both, anEvent({ ...BOTH, userId: 'anna@example.com' }), anEvent(BOTH));
    await desk.close(both);
    const other = await desk.open(['ledger']);
    await desk.accept(other, anEvent({ lanes: ['ledger'], userId: 'anna@example.com' }));
    desk.kill(other);
    const results = await offline(
      desk,
      desk.command('erase', { userIds: ['anna@example.com'], anonymousIds: [], properties: [] }),
    );
    expect(results.map(({ value }) => value)).toEqual([
      expect.objectContaining({ events: 1 }),
      expect.objectContaining({ events: 1 }),
    ]);
    expect(desk.grep('anna@example.com')).toEqual([]);
    const second = await desk.open();
    expect(await desk.deliver(second, 'shop')).toHaveLength(1);
    expectBalanced(second);
  });

  test('refuses to send an event if only the application can decide, and queues no event', async () => {
    const desk = new Desk();
    const first = await desk.open();
    await desk.accept(first, anEvent(BOTH), anEvent({ lanes: ['shop'] }));
    await desk.deliver(first, 'shop');
    await desk.deliver(first, 'hook');
    await desk.close(first);
    const [answer] = await offline(desk, desk.command('replay', { filter: {}, to: ['hook'] }));
    expect(answer).toMatchObject({
      done: true,
      error: expect.stringContaining('while the application runs'),
    });
    const second = await desk.open();
    expect(second.buffer.ledger('hook').pending).toBe(0);
  });

  test('does not touch the folders of living processes', async () => {
    const desk = new Desk();
    const living = await desk.open();
    await desk.accept(living, anEvent(BOTH));
    expect(await offline(desk, desk.command('replay', { filter: {} }))).toEqual([]);
    expect(await desk.deliver(living, 'shop')).toHaveLength(1);
  });
});
