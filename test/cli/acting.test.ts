import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, CommandResult } from '../../lib/buffer/journal/ownership/command.js';
import { ack, aDirectory, AFolder, anEventJson, aRecord, idOf, SEGMENT, START } from './a-journal.js';
import { AnOwner } from './an-owner.js';
import { commandLine, type Around, type Ended } from './command-line.js';

let directory: { path: string; remove: () => void };
let owners: AnOwner[];
beforeEach(() => {
  directory = aDirectory();
  owners = [];
});
afterEach(async () => {
  for (const owner of owners) await owner.end();
  directory.remove();
});

const cli = (argv: string[], around?: Around): Promise<Ended> =>
  commandLine(['-C', directory.path, ...argv], around);

const done = (events: number, lanes: Record<string, number>): CommandResult => ({
  done: true,
  value: { events, lanes },
});

/** Three orders, of which the webhook has delivered one and has one as a dead letter. */
function aJournal(startedAt = START): AFolder {
  return new AFolder(directory.path, { startedAt })
    .frame(SEGMENT, [aRecord(1), aRecord(2), aRecord(3, { userId: 'ada' })])
    .acks(SEGMENT, ack('webhook', 'delivered', [[1, 1]]), ack('webhook', 'dead', [[2, 2]], 'refused'))
    .dead({ event: anEventJson(2), lane: 'webhook', reason: 'refused', attempts: 3, at: START, seq: 2 });
}

function owned(
  folder: AFolder,
  answer: (command: Command) => CommandResult | Promise<CommandResult>,
): AnOwner {
  const owner = new AnOwner(folder, answer);
  owners.push(owner);
  return owner;
}

describe('replay', () => {
  test('counts the events in a dry run, and asks no owner', async () => {
    const folder = aJournal();
    expect(await cli(['replay', '--all', '--dry-run'])).toMatchObject({
      code: 0,
      out: '2 events would be sent again (webhook 2)\n',
    });
    expect(await cli(['replay', '--state', 'dead', '--dry-run', '--json'])).toMatchObject({
      out: '{"dryRun":true,"events":1,"destinations":{"webhook":1}}\n',
    });
    expect(readdirSync(join(folder.path, 'inbox'))).toEqual([]);
  });

  test('never sends a copy of a copy, or a pending event', async () => {
    aJournal().frame(SEGMENT, [aRecord(4, anEventJson(1), { lanes: ['webhook'], replay: 'c1' })]);
    expect((await cli(['replay', idOf(1), '--to', 'all', '--dry-run'])).out).toBe(
      '1 event would be sent again (webhook 1)\n',
    );
    const copied = await cli(['replay', idOf(3), '--dry-run']);
    expect(copied).toMatchObject({ code: 0, err: expect.stringContaining('pending there') });
    expect(copied.err).not.toContain('--type');
  });

  test('reports why nothing was queued: another type, or a destination that may not get the event', async () => {
    aJournal();
    const { code, err } = await cli(['replay', '--event', 'identify', '--dry-run']);
    expect([code, err]).toEqual([0, expect.stringContaining('give --type')]);
    expect(err).toContain('`consent`, `filter` or `map` kept from it');
  });

  test('asks every living owner, and adds up their results', async () => {
    const answer = (): CommandResult => done(2, { webhook: 2 });
    const first = owned(aJournal(), answer);
    const second = owned(aJournal(START + 1), answer);
    const ended = await cli([
      'replay',
      '--destination',
      'webhook',
      '--since',
      '2026-11-23T15:00Z',
      '--rate',
      '50',
    ]);
    expect(ended).toEqual({ code: 0, out: '4 events queued again (webhook 4)\n', err: '' });
    const [command] = first.commands;
    expect(command).toMatchObject({
      kind: 'replay',
      payload: { filter: { destinations: ['webhook'], since: START, types: ['track'] }, rate: 50 },
    });
    expect(second.commands).toEqual([command]);
  });

  test('draws a progress bar on a terminal', async () => {
    const shown = new AbortController();
    owned(aJournal(), async () => {
      if (!shown.signal.aborted) await once(shown.signal, 'abort');
      return done(2, { webhook: 2 });
    });
    const { err } = await cli(['replay', '--all'], {
      typed: '',
      onErr: (text) => {
        if (text.includes('1 of 2')) shown.abort();
      },
    });
    expect(err).toContain('Replaying █████');
    expect(err).toContain('50 %  1 of 2');
  });

  test('refuses an unknown destination, and refuses to select everything without --all', async () => {
    aJournal();
    const unknown = await cli(['replay', '--all', '--to', 'segment']);
    expect(unknown).toMatchObject({
      code: 2,
      err: expect.stringContaining('Known destinations: kissmetrics, webhook.'),
    });
    expect(await cli(['replay'])).toMatchObject({ code: 2, err: expect.stringContaining('--all') });
  });

  test('reports the problems of an owner, and ends with 2', async () => {
    owned(aJournal(), () => ({ done: true, error: 'The disk is full.' }));
    const { code, err } = await cli(['replay', '--all']);
    expect(code).toBe(2);
    expect(err).toMatch(/^\S+: The disk is full\.\n$/m);
  });

  test('executes the command itself if no owner is alive, and reports when the events will be sent', async () => {
    new AFolder(directory.path, { owner: 'dead' })
      .frame(SEGMENT, [aRecord(1)])
      .acks(SEGMENT, ack('webhook', 'delivered', [[1, 1]]));
    const given: Command[] = [];
    const ended = await cli(['replay', '--destination', 'webhook', '--all'], {
      runOffline: async (_, path, command) => {
        expect(path).toBe(directory.path);
        given.push(command);
        return [done(1, { webhook: 1 })];
      },
    });
    expect(given).toHaveLength(1);
    expect(ended).toEqual({
      code: 0,
      out: '1 event queued again (webhook 1)\n',
      err: 'No application runs on this journal. Pending events are sent when it starts.\n',
    });
  });
});

describe('dead retry and dead drop', () => {
  test('send the ids and filters that were given', async () => {
    const owner = owned(aJournal(), () => done(1, { webhook: 1 }));
    expect(await cli(['dead', 'retry', idOf(2)])).toMatchObject({
      code: 0,
      out: '1 event queued again (webhook 1)\n',
    });
    const drop = ['dead', 'drop', '--destination', 'webhook', '--reason', 'test data', '--yes'];
    expect(await cli(drop)).toMatchObject({ code: 0, out: '1 event dropped (webhook 1)\n' });
    expect(owner.commands.map(({ kind, payload }) => ({ kind, payload }))).toEqual([
      { kind: 'dead.retry', payload: { filter: { ids: [idOf(2)] } } },
      { kind: 'dead.drop', payload: { filter: { destinations: ['webhook'] }, reason: 'test data' } },
    ]);
  });

  test('drop asks first, and does nothing without a yes', async () => {
    const owner = owned(aJournal(), () => done(1, {}));
    const drop = ['dead', 'drop', '--all', '--reason', 'x'];
    expect(await cli(drop, { typed: 'n\n' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('Drop 1 dead letter (webhook 1)? [y/N]'),
    });
    expect(await cli(drop)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(owner.commands).toHaveLength(0);
    expect(await cli(drop, { typed: 'y\n' })).toMatchObject({ code: 0 });
    expect(owner.commands).toHaveLength(1);
  });

  test('drop requires a reason', async () => {
    aJournal();
    expect(await cli(['dead', 'drop', '--all', '--yes'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--reason'),
    });
  });
});

describe('erase', () => {
  test('proves that no trace is left', async () => {
    const folder = aJournal();
    const owner = owned(folder, () => {
      truncateSync(join(folder.path, `${SEGMENT}.jsonl`), 0);
      folder.frame(SEGMENT, [aRecord(1), aRecord(2)]);
      return done(1, { kissmetrics: 1, webhook: 1 });
    });
    const ended = await cli(['erase', '--user', 'ada', '--property', 'customer.email=a=b', '--yes']);
    expect(ended).toEqual({
      code: 0,
      err: '',
      out:
        '1 event erased (kissmetrics 1, webhook 1)\n' +
        'Searched: 2 events, all dead letters with their answers and reasons, unreadable lines, histories, commands and results, in all files of 1 folder. None is about the person or names the person. Not searched: events that an application has not written yet, copies outside of this directory, the platforms.\n',
    });
    expect(owner.commands[0]).toMatchObject({
      kind: 'erase',
      payload: {
        userIds: ['ada'],
        anonymousIds: [],
        properties: [{ path: 'customer.email', value: 'a=b' }],
      },
    });
  });

  test('ends with 1 if a file still names the person', async () => {
    owned(aJournal(), () => done(0, {}));
    const { code, err } = await cli(['erase', '--user', 'ada', '--yes']);
    expect(code).toBe(1);
    expect(err).toContain('1 place with data of the person:\n');
    expect(err).toContain(`/${SEGMENT}.jsonl\n`);
  });

  test('also finds the person in bytes outside of events', async () => {
    aJournal().append('damaged.jsonl', `{"text":"{\\"userId\\":\\"grace\\","}\n`);
    const ended = await cli(['erase', '--user', 'grace']);
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(await cli(['erase', '--user', 'grac'])).toMatchObject({ code: 0, err: 'Nothing matches.\n' });
  });

  test('names the other ids that aliases join with the person', async () => {
    const folder = aJournal().frame(SEGMENT, [
      aRecord(4, { type: 'alias', name: 'alias', userId: 'ada', previousId: 'anon-1', properties: {} }),
    ]);
    owned(folder, () => done(0, {}));
    const { err } = await cli(['erase', '--user', 'ada', '--yes']);
    expect(err).toContain('other ids: anon-1.');
  });

  test('requires an id', async () => {
    aJournal();
    expect(await cli(['erase', '--yes'])).toMatchObject({ code: 2, err: expect.stringContaining('--user') });
  });
});
