import { describe, expect, test } from '@jest/globals';
import { Desk, expectBalanced } from '../commands/desk.js';
import { numbered, on } from './on-disk.js';

const ALL = { filter: {}, reason: 'a test' };

describe('a dead letter', () => {
  for (const does of ['nothing', 'part', 'all'] as const) {
    test(`that was given up while the disk failed to take it is none after a restart, where ${does} of it was there`, async () => {
      const desk = new Desk(['shop']);
      const first = await desk.open();
      await desk.accept(first, ...numbered(1));
      const isLetter = on('write', '/dead.jsonl');
      const fault = desk.files.fail(isLetter, { code: 'EIO', does, choose: (choices) => choices >> 1 });
      const hang = desk.files.hang(isLetter);
      await desk.bury(first, 'shop');
      await desk.when(() => desk.files.queued.some(isLetter));
      // It is removed before its failed write is known.
      const giving = first.buffer.execute(desk.command('dead.drop', ALL), () => Promise.resolve());
      await desk.turns(5);
      hang.release();
      await desk.until(giving);
      await desk.when(() => fault.hits === 1);
      await desk.turns(300);
      expect(first.buffer.ledger('shop')).toMatchObject({ dead: 0, dropped: { given_up: 1 } });
      desk.kill(first);
      const second = await desk.open();
      await desk.turns(100);

      expect(second.buffer.ledger('shop')).toMatchObject({ pending: 0, dead: 0 });
      expectBalanced(second, ['shop']);
    });
  }

  test('stays if the process crashed before the event was settled, and its event is not sent', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open();
    await desk.accept(first, ...numbered(2));
    const hang = desk.files.hang(on('open', '.acks'));
    await desk.bury(first, 'shop');
    await desk.when(() => desk.files.queued.some(on('open', '.acks')));
    expect(desk.grep('"attempts":3')).toHaveLength(1);
    desk.kill(first);
    hang.release();
    expect([...desk.contents().keys()].filter((path) => path.endsWith('.acks'))).toEqual([]);

    const second = await desk.open();
    await desk.turns(100);
    expect(second.buffer.ledger('shop')).toMatchObject({ pending: 0, dead: 2 });
    await desk.ask(second, desk.command('dead.drop', ALL));
    expectBalanced(second, ['shop']);
    desk.kill(second);
    const third = await desk.open();
    await desk.turns(100);

    expect(third.buffer.ledger('shop')).toMatchObject({ pending: 0, dead: 0, recovered: 0 });
    expect(await desk.deliver(third, 'shop')).toEqual([]);
  });
});
