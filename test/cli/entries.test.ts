import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ack, aDirectory, AFolder, anEventJson, aRecord, SEGMENT, START } from './a-journal.js';
import { commandLine } from './command-line.js';

const HASH = 'c0ffee'.repeat(10);
const BROWSER = { anonymousId: 'visitor-1', clickIds: { gclid: 'g-1' } };
const entry = { browser: BROWSER, person: { email: HASH }, note: 5 };

let directory: ReturnType<typeof aDirectory>;
beforeEach(() => {
  directory = aDirectory();
  new AFolder(directory.path, { owner: 'closed' })
    .frame(SEGMENT, [
      aRecord(1, { userId: undefined }, { entries: { webhook: entry } }),
      aRecord(2, { type: 'identify', name: 'identify' }),
    ])
    .acks(SEGMENT, ack('webhook', 'dead', [[1, 1]], 'refused'), ack('kissmetrics', 'delivered', [[1, 2]]))
    .dead({
      event: anEventJson(1, { userId: undefined }),
      lane: 'webhook',
      reason: 'refused',
      attempts: 1,
      entry,
      at: START + 60_000,
      seq: 1,
    });
});
afterEach(() => directory.remove());

const cli = (...argv: string[]) => commandLine([...argv, '--directory', directory.path]);
const ID = anEventJson(1).id;

test.each([
  ['list', '--json'],
  ['show', ID],
  ['show', ID, '--json'],
  ['tail', '--json'],
  ['export'],
  ['export', '--format', 'csv'],
  ['dead', 'list', '--json'],
])('%s %s %s shows what a destination knows of the browser, and never the person', async (...argv) => {
  const { code, out, err } = await cli(...argv);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const word of ['webhook', 'visitor-1', 'g-1']) expect(out).toContain(word);
  expect(out).not.toContain('c0ffee');
  expect(out).not.toContain('email');
});

test.each([
  [['list']],
  [['tail']],
  [['status']],
  [['status', '--json']],
  [['reconcile']],
  [['verify', '--json']],
  [['dead', 'list']],
  [['export', '--format', 'kissmetrics']],
])('%j does not show the person', async (argv) => {
  const { out, err } = await cli(...argv);
  expect(out + err).not.toContain('c0ffee');
});

test('verify does not show the person, wherever a line is damaged', async () => {
  const json = JSON.stringify({ id: ID, type: 'track' });
  const notes = JSON.stringify(JSON.stringify({ '': { webhook: entry } }));
  const lines = [`${json.slice(0, -1)},"lanes":["webhook"],"notes":${notes}`, notes, `"${HASH}`];
  new AFolder(directory.path, { owner: 'closed', startedAt: START + 1 }).append(
    `${SEGMENT}.jsonl`,
    `${lines.join('\n')}\n`,
  );
  const { code, out } = await cli('verify', '--json');
  expect(code).toBe(1);
  expect(out.match(/"what":"line"/g)).toHaveLength(3);
  expect(out).toContain(ID);
  expect(out).not.toContain('c0ffeec0ffee');
});

test('an event is found by the browser id of one destination, which stands for its person', async () => {
  expect((await cli('list', '--anonymous', 'visitor-1')).out).toMatch(/Order Completed +visitor-1 /);
  expect((await cli('list', '--anonymous', 'visitor-2')).out).toBe('');
  expect((await cli('dead', 'list', '--anonymous', 'visitor-1', '--json')).out).toContain(ID);
});

test('a search for a person finds the browser id of one destination in its record and its letter', async () => {
  const { err, out } = await commandLine(
    ['erase', '--anonymous', 'visitor-1', '--yes', '--json', '--directory', directory.path],
    { runOffline: () => Promise.resolve([{ done: true, value: { events: 0, lanes: {} } }]) },
  );
  expect(`${out}${err}`).toContain('"left":2');
});

test('a replay leaves identify(), group() and alias() out unless they are asked for', async () => {
  expect((await cli('replay', '--all', '--dry-run')).out).toMatch(/^1 event /);
  const argv = ['replay', '--all', '--type', 'track', '--type', 'identify', '--dry-run'];
  expect((await cli(...argv)).out).toMatch(/^2 events /);
  expect((await cli('replay', anEventJson(2).id, '--dry-run')).out).toMatch(/^1 event /);
  const unknown = await cli('replay', '--all', '--type', 'page');
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('track, identify, group') });
});
