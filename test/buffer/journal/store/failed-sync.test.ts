import { describe, expect, test } from '@jest/globals';
import { Desk, expectBalanced } from '../commands/desk.js';
import { numbered, numberOf, offer, on, SEGMENT, upTo } from './on-disk.js';

const LANES = ['shop'];

describe('a sync that fails when a segment is sealed', () => {
  test.each(['group', 'off'] as const)('neither loses nor repeats an event with %s', async (fsync) => {
    const desk = new Desk(LANES);
    const application = await desk.open(LANES, { fsync, segmentBytes: 4_000 });
    const fault = desk.files.fail(on('sync', SEGMENT), { code: 'EIO' });
    await desk.accept(application, ...numbered(15));
    for (const event of numbered(15, 15)) offer(application, event);
    await desk.turns(240);

    expect(fault.hits).toBe(1);
    expect(desk.grep('#1r')).toEqual([]);
    expect((await desk.deliver(application, 'shop')).map(numberOf)).toEqual(upTo(30));
    expectBalanced(application, LANES);
  });
});
