import { describe, expect, test } from '@jest/globals';
import { parseDamagedLines } from '../../../../lib/buffer/journal/format/damaged-line.js';
import { Desk, expectBalanced } from '../commands/desk.js';
import { numbered, on, segmentsOf } from './on-disk.js';

const LINES = 5_000;
const SET_ASIDE = 1_000;

function setAside(desk: Desk): number {
  const files = [...desk.contents()].filter(([path]) => path.endsWith('/damaged.jsonl'));
  return files.flatMap(([, text]) => parseDamagedLines(text).lines).length;
}

describe('a segment with thousands of damaged lines', () => {
  test('has as many of them set aside as there is room for, all at once', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open();
    for (let at = 0; at < LINES; at += 500) await desk.accept(first, ...numbered(500, at));
    await desk.accept(first, ...numbered(10, LINES));
    desk.kill(first);
    const [path] = segmentsOf(desk);
    let damaged = 0;
    desk.files.damage(path!, (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      return Buffer.from(
        text.replaceAll('Signed Up', (name) => (damaged++ < LINES ? 'Signed Vp' : name)),
        'latin1',
      );
    });
    const asked = { readText: 0, write: 0 };
    desk.files.fail(
      (operation) => {
        if (on('readText', '/damaged.jsonl')(operation)) asked.readText++;
        if (on('write', '/damaged.jsonl')(operation)) asked.write++;
        return false;
      },
      { code: 'EIO' },
    );
    const second = await desk.open();
    const sent = await desk.deliver(second, 'shop');
    await desk.turns(200);

    expect(sent).toHaveLength(10);
    expect(second.buffer.journal().damaged).toBe(LINES);
    expect(setAside(desk)).toBe(SET_ASIDE);
    // Once for each piece of the segment that was read.
    expect(asked.readText).toBeLessThan(10);
    expect(asked.write).toBeLessThan(10);
    expectBalanced(second, ['shop']);

    desk.kill(second);
    const third = await desk.open();
    await desk.turns(200);
    expect(third.buffer.journal().damaged).toBe(LINES);
    expect(setAside(desk)).toBe(SET_ASIDE);
  });
});
