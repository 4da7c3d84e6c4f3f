import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import {
  answerPath,
  commandPath,
  CommandTimeoutError,
  sendCommand,
  type Command,
} from '../../../../lib/buffer/journal/ownership/command.js';
import { Inbox } from '../../../../lib/buffer/journal/ownership/inbox.js';
import { accountsOf, Neighbourhood } from './neighbourhood.js';

let street: Neighbourhood;
let folder: string;
let inbox: Inbox;
beforeEach(async () => {
  street = await Neighbourhood.make();
  folder = (await street.moveIn(accountsOf(['webhook']))).folder.path;
  inbox = new Inbox(street.files, folder);
});
afterEach(() => street.remove());

const command = (id: string, second = 0): Command => ({
  id,
  kind: 'replay',
  at: new Date(1_767_225_600_000 + second * 1000).toISOString(),
  payload: { filter: { name: 'Order Completed' } },
});
const put = (id: string, text: string) => fs.writeFile(commandPath(folder, id), text);
const answerOf = async (id: string): Promise<unknown> =>
  JSON.parse(await fs.readFile(answerPath(folder, id), 'utf8'));

/** Lets the client poll until it has its answer. */
async function until<T>(answer: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => void (ended = true);
  answer.then(end, end);
  while (!ended) await street.clock.elapse(100);
  return answer;
}

test('returns each command once, oldest first', async () => {
  await put('b', JSON.stringify(command('b', 2)));
  await put('a', JSON.stringify(command('a', 3)));
  await put('c', JSON.stringify(command('c', 1)));
  expect(await inbox.take()).toEqual([command('c', 1), command('b', 2), command('a', 3)]);
  expect(await inbox.take()).toEqual([]);
  await inbox.answer('b', { done: true, value: { events: 3 } });
  expect(await answerOf('b')).toEqual({ done: true, value: { events: 3 } });
  expect((await fs.readdir(join(folder, 'inbox'))).sort()).toEqual(['a.json', 'c.json']);
  // A restarted owner finds the commands without an answer.
  expect(await new Inbox(street.files, folder).take()).toEqual([command('c', 1), command('a', 3)]);
});

test('does not repeat a command that was answered before the process died', async () => {
  await put('a', JSON.stringify(command('a')));
  await fs.writeFile(answerPath(folder, 'a'), '{"done":true}');
  expect(await inbox.take()).toEqual([]);
  expect(await fs.readdir(join(folder, 'inbox'))).toEqual([]);
});

test.each([
  ['nothing', '', true],
  ['half a command', '{"id":"a","kind":"rep', true],
  ['null', 'null', true],
  ['another id', JSON.stringify({ ...command('a'), id: 'b' }), true],
  ['an unknown kind', JSON.stringify({ ...command('a'), kind: 'rm' }), false],
  ['no time', JSON.stringify({ ...command('a'), at: 'soon' }), false],
])('answers a file that holds %s with an error', async (_, text, stays) => {
  await put('a', text);
  await put('b', JSON.stringify(command('b')));
  expect(await inbox.take()).toEqual([command('b')]);
  expect(await answerOf('a')).toEqual({
    done: true,
    error: expect.stringContaining('does not understand the command'),
  });
  expect(await fs.readdir(join(folder, 'inbox'))).toEqual(stays ? ['a.json', 'b.json'] : ['b.json']);
  expect(await inbox.take()).toEqual([]);
});

test('a command that it may not read gets an answer, and does not block others', async () => {
  inbox = new Inbox(
    {
      ...street.files,
      readText: (path) =>
        path === commandPath(folder, 'a')
          ? Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }))
          : street.files.readText(path),
    },
    folder,
  );
  await put('a', JSON.stringify(command('a')));
  await put('b', JSON.stringify(command('b')));
  expect(await inbox.take()).toEqual([command('b')]);
  expect(await answerOf('a')).toMatchObject({
    done: true,
    error: expect.stringContaining('no permission to read the command'),
  });
});

test('skips files that are being written, and unknown names', async () => {
  await fs.writeFile(join(folder, 'inbox', 'a.json.0123456789ab.tmp'), JSON.stringify(command('a')));
  await fs.writeFile(join(folder, 'inbox', '...json'), JSON.stringify(command('..')));
  expect(await inbox.take()).toEqual([]);
  await fs.rm(join(folder, 'inbox'), { recursive: true });
  expect(await inbox.take()).toEqual([]);
});

test('the sender of a command gets its progress and its result, and leaves no file', async () => {
  const steps: unknown[] = [];
  const sent = sendCommand(street.files, street.clock, folder, command('a'), {
    timeoutMs: 60_000,
    onProgress: (step) => steps.push(step),
  });
  while ((await inbox.take()).length === 0) await street.clock.settle();
  // Longer than its time-out without progress.
  for (const done of [1, 2, 3]) {
    await inbox.progress('a', { done, total: 3 });
    while (steps.length < done) await street.clock.elapse(100);
    await street.clock.elapse(30_000);
  }
  await inbox.answer('a', { done: true, value: 3 });
  expect(await until(sent)).toEqual({ done: true, value: 3 });
  expect(steps).toEqual([1, 2, 3].map((done) => ({ done, total: 3 })));
  expect(await fs.readdir(join(folder, 'inbox'))).toEqual([]);
  expect(await fs.readdir(join(folder, 'outbox'))).toEqual([]);
});

test('a command without an answer is withdrawn', async () => {
  const sent = sendCommand(street.files, street.clock, folder, command('a'), { timeoutMs: 1000 });
  await expect(until(sent)).rejects.toBeInstanceOf(CommandTimeoutError);
  expect(await inbox.take()).toEqual([]);
});

test('a command to a missing folder fails at once', async () => {
  const sent = sendCommand(street.files, street.clock, `${folder}0`, command('a'), { timeoutMs: 1000 });
  await expect(sent).rejects.toMatchObject({ code: 'ENOENT' });
});
