import { expect, test } from '@jest/globals';
import { Desk, DIRECTORY, expectBalanced } from '../commands/desk.js';
import { numbered, numberOf, upTo } from './on-disk.js';

const EVENTS = 500;

/** A journal whose owner was killed with everything pending; returns its folder and the segment. */
async function leave(desk: Desk): Promise<{ folder: string; segment: string }> {
  const application = await desk.open(['shop']);
  await desk.accept(application, ...numbered(EVENTS));
  const folder = application.buffer.journal().folder!;
  desk.kill(application);
  return { folder, segment: desk.names(folder).find((name) => name.endsWith('-0.jsonl'))! };
}

const foldersOf = (desk: Desk): string[] =>
  desk
    .names(DIRECTORY)
    .flatMap((group) => desk.names(`${DIRECTORY}/${group}`).map((name) => `${DIRECTORY}/${group}/${name}`));

test.each(['.gz', '.bak', '.1', '~'])(
  'a segment renamed to end in %s is kept with its folder, logged, and delivered when it has its name again',
  async (ending) => {
    const desk = new Desk(['shop']);
    const { folder, segment } = await leave(desk);
    desk.files.disk.rename(`${folder}/${segment}`, `${folder}/${segment}${ending}`);

    for (let life = 0; life < 2; life++) {
      const application = await desk.open(['shop']);
      await desk.turns(500);
      expect(application.buffer.ledger('shop').pending).toBe(0);
      await desk.close(application);
    }
    const { warnings } = desk.spoken.spoken;
    expect(warnings.filter((line) => line.includes(`${segment}${ending}`))).toHaveLength(1);
    const kept = foldersOf(desk).find((path) => desk.names(path).includes(segment + ending))!;
    expect(desk.names(kept)).toContain('owner.json');

    desk.files.disk.rename(`${kept}/${segment}${ending}`, `${kept}/${segment}`);
    const application = await desk.open(['shop'], { retain: { days: 0, bytes: 0 } });
    const sent = await desk.deliver(application, 'shop');
    expect(sent.map(numberOf)).toEqual(upTo(EVENTS));
    expectBalanced(application, ['shop']);
    await desk.when(() => !foldersOf(desk).some((path) => path.endsWith(`+${kept.split('+').at(-1)}`)));
  },
);

test('a file that was added to an empty folder stays when its process ends', async () => {
  const desk = new Desk(['shop']);
  const application = await desk.open(['shop']);
  const folder = application.buffer.journal().folder!;
  desk.files.disk.put(`${folder}/notes.txt`, Buffer.from('mine'));
  desk.files.disk.put(`${folder}/inbox/a.json`, Buffer.from('not a command'));
  await desk.turns(300);
  await desk.close(application);
  expect(desk.names(folder)).toContain('notes.txt');
  expect(desk.names(`${folder}/inbox`)).toEqual(['a.json']);
});

test('an adopted folder keeps a segment that was added later', async () => {
  const desk = new Desk(['shop']);
  const { folder, segment } = await leave(desk);
  const bytes = desk.files.bytes(`${folder}/${segment}`);
  desk.files.disk.remove(`${folder}/${segment}`);
  desk.files.disk.put(`${folder}/dead.jsonl`, Buffer.from(''));
  const hang = desk.files.hang(({ kind, path }) => kind === 'removeFolder' || path.endsWith('.acks'));
  const application = await desk.open(['shop']);
  const taken = foldersOf(desk).find((path) => path.includes('+'));
  if (taken !== undefined) desk.files.disk.put(`${taken}/${segment}`, bytes);
  hang.release();
  await desk.turns(500);
  expect(taken).toBeDefined();
  expect(desk.names(taken!)).toContain(segment);
  await desk.close(application);
});
