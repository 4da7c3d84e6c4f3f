import { expect, test } from '@jest/globals';
import { Desk, expectBalanced } from '../commands/desk.js';
import { numbered, segmentsOf } from './on-disk.js';

const LINES = 5_000;

test('thousands of damaged lines are counted once by each process, stay in their segment, and delay no other event', async () => {
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
  const before = desk.files.text(path!);
  const second = await desk.open();
  const sent = await desk.deliver(second, 'shop');
  await desk.turns(200);

  expect(sent).toHaveLength(10);
  expect(second.buffer.journal().damaged).toBe(LINES);
  expectBalanced(second, ['shop']);

  desk.kill(second);
  const third = await desk.open();
  await desk.turns(200);
  expect(third.buffer.journal().damaged).toBe(LINES);
  expect(segmentsOf(desk).map((name) => desk.files.text(name))).toContain(before);
});
