import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { importedEvent } from '../../lib/buffer/journal/query/imported-event.js';
import { openOutFile } from '../../lib/cli/export/out-file.js';
import type { EventJson } from '../../lib/event/event-json.js';
import { HAS_SPECIAL_FILES, makePipe } from '../support/special-files.js';
import { ack, aDirectory, AFolder, aRecord, idOf, SEGMENT } from './a-journal.js';
import { commandLine, jsonLines } from './command-line.js';

let directory: { path: string; remove: () => void };
beforeEach(() => {
  directory = aDirectory();
});
afterEach(() => directory.remove());

const cli = (...argv: string[]) => commandLine(['-C', directory.path, 'export', ...argv]);

function aJournal(...events: Partial<EventJson>[]): AFolder {
  return new AFolder(directory.path).frame(
    SEGMENT,
    events.map((event, i) => aRecord(i + 1, event)),
  );
}

test('JSON lines have the event and its state', async () => {
  aJournal({}, {}).acks(SEGMENT, ack('webhook', 'delivered', [[1, 2]]));
  const { out, code } = await cli('--state', 'delivered');
  expect(code).toBe(0);
  expect(jsonLines(out)).toEqual([
    expect.objectContaining({
      id: idOf(1),
      properties: { orderId: 1, revenue: 12.5 },
      destinations: [
        { name: 'kissmetrics', state: 'pending' },
        { name: 'webhook', state: 'delivered', at: '2026-11-23T15:01:00.000Z' },
      ],
    }),
    expect.objectContaining({ id: idOf(2) }),
  ]);
});

test('CSV has a line for each destination, quoted, and no formulas', async () => {
  aJournal({ name: 'Order, "big"', userId: '=HYPERLINK("x")' });
  const [titles, first, second, end] = (await cli('--format', 'csv')).out.split('\r\n');
  expect(titles).toMatch(/^id,type,name,timestamp,.*,destination,state,reason,at,replay$/);
  expect(first).toContain(`,"Order, ""big""",`);
  expect(first).toContain(`,"'=HYPERLINK(""x"")",`);
  expect(first).toMatch(/,kissmetrics,pending,,,$/);
  expect(second).toMatch(/,webhook,pending,,,$/);
  expect(end).toBe('');
});

test('groups and their types are in every form, and an import reads them', async () => {
  const given = { groups: { company: 'acme' }, groupType: 'company' };
  aJournal({ type: 'group', name: 'group', groupId: 'acme', ...given });
  const [titles, first] = (await cli('--format', 'csv')).out.split('\r\n');
  expect(titles).toContain(',groupId,previousId,groups,groupType,source,');
  expect(first).toContain(`,acme,,"{""company"":""acme""}",company,,`);
  const [line] = jsonLines((await cli()).out);
  expect(line).toMatchObject(given);
  expect(importedEvent(line)).toMatchObject(given);
  expect(importedEvent({ ...(line as object), groups: { company: 5 } })).toBeUndefined();
  expect(importedEvent({ ...(line as object), groups: 'acme' })).toBeUndefined();
});

test('browser ids are in every form, and an import reads them for their destination', async () => {
  const visitor = { userId: undefined, anonymousId: undefined };
  const browserIds = { kissmetrics: { anonymousId: 'km-1' }, webhook: { sessionId: 5 } };
  const entries = {
    kissmetrics: { browser: { anonymousId: 'km-1' }, note: 5 },
    webhook: { browser: { sessionId: 5 } },
  };
  new AFolder(directory.path).frame(SEGMENT, [aRecord(1, visitor, { entries }), aRecord(2)]);
  const [titles, first] = (await cli('--format', 'csv')).out.split('\r\n');
  expect(titles).toContain(',anonymousId,browserIds,groupId,');
  expect(first).toContain(',"{""kissmetrics"":{""anonymousId"":""km-1""},""webhook"":{""sessionId"":5}}",');
  const [line, other] = jsonLines((await cli()).out);
  expect(line).toMatchObject({ browserIds });
  expect(line).not.toHaveProperty('entries');
  expect(other).not.toHaveProperty('browserIds');
  expect(importedEvent(line)).toMatchObject({ browserIds });
  expect(importedEvent({ ...(line as object), browserIds: { webhook: { sessionId: 5 } } })).toBeUndefined();
  expect(jsonLines((await cli('--anonymous', 'km-1')).out)).toHaveLength(1);
  expect(jsonLines((await cli('--anonymous', '5')).out)).toEqual([]);
  expect(jsonLines((await cli('--format', 'kissmetrics')).out)).toContainEqual(
    expect.objectContaining({ _p: 'km-1', _t: 5 }),
  );
  const listed = (await commandLine(['-C', directory.path, 'list'])).out;
  expect(listed).toContain('km-1');
  const shown = (await commandLine(['-C', directory.path, 'show', idOf(1)])).out;
  expect(shown).toMatch(/"browserIds": \{\s+"kissmetrics": \{\s+"anonymousId": "km-1"/);
});

describe("KISSmetrics' import", () => {
  test('has the person, name, second and properties that the destination sends', async () => {
    aJournal({
      name: 'Order, Completed',
      userId: undefined,
      anonymousId: 'a+b/c=',
      timestamp: '2026-11-23T14:59:59.999Z',
      properties: { total: 12.5, item: { name: 'Größe & "L"' }, tags: ['a', 'b'], _n: 'no', gone: null },
    });
    expect(jsonLines((await cli('--format', 'kissmetrics')).out)).toEqual([
      {
        _p: 'a+b/c=',
        _n: 'Order  Completed',
        _t: 1_795_445_999,
        total: '12.5',
        'item.name': 'Größe & "L"',
        tags: 'a, b',
        n: 'no',
      },
    ]);
  });

  test('has identify, group and alias, and leaves out members that the platform does not use', async () => {
    aJournal(
      { type: 'identify', name: 'identify', properties: { plan: 'pro' } },
      { type: 'group', name: 'group', groupId: 'g1', properties: { seats: 3 } },
      { type: 'alias', name: 'alias', userId: 'ada', previousId: 'anon-9', properties: {} },
      { type: 'identify', name: 'identify', properties: {} },
    );
    const { out, err } = await cli('--format', 'kissmetrics');
    expect(jsonLines(out)).toEqual([
      { _p: 'user-1', _t: 1_795_446_001, plan: 'pro' },
      { _p: 'user-2', _t: 1_795_446_002, 'Group - id': 'g1', 'Group - seats': '3' },
      { _p: 'anon-9', _p2: 'ada', _t: 1_795_446_003 },
    ]);
    expect(err).toMatch(/^1 event omitted/);
  });

  test('has the browser ids of KISSmetrics if the event has no anonymous id', async () => {
    new AFolder(directory.path).frame(SEGMENT, [
      aRecord(1, { userId: undefined }, { entries: { kissmetrics: { browser: { anonymousId: 'km-1' } } } }),
    ]);
    expect(jsonLines((await cli('--format', 'kissmetrics')).out)).toMatchObject([{ _p: 'km-1' }]);
  });

  test('keeps the second that an event was moved to, and sends a replayed one once', async () => {
    new AFolder(directory.path).frame(SEGMENT, [
      aRecord(1, {}, { entries: { kissmetrics: { note: 1_795_446_009 } } }),
      aRecord(2, { id: idOf(1) }, { replay: 'c1' }),
    ]);
    expect(jsonLines((await cli('--format', 'kissmetrics')).out)).toEqual([
      expect.objectContaining({ _p: 'user-1', _t: 1_795_446_009 }),
    ]);
  });
});

describe('--out', () => {
  test('writes a file that only its owner can read, and replaces none without --force', async () => {
    aJournal({});
    const file = join(directory.path, 'out.jsonl');
    expect(await cli('--out', file)).toEqual({ code: 0, out: '', err: `1 event written to ${file}\n` });
    expect(jsonLines(readFileSync(file, 'utf8'))).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cli('--out', file)).toMatchObject({ code: 2, err: expect.stringContaining('--force') });
    expect(await cli('--out', file, '--force')).toMatchObject({ code: 0 });
  });

  test('--force replaces a file that others may read with a new one', async () => {
    aJournal({});
    const file = join(directory.path, 'out');
    const old = join(directory.path, 'old');
    writeFileSync(file, 'old');
    chmodSync(file, 0o666);
    linkSync(file, old);
    expect(await cli('--out', file, '--force')).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(jsonLines(readFileSync(file, 'utf8'))).toHaveLength(1);
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect(readdirSync(directory.path).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  const special = HAS_SPECIAL_FILES ? test : test.skip;
  special('--force goes through no link, and replaces no folder, pipe or device', async () => {
    aJournal({});
    const at = (name: string): string => join(directory.path, name);
    writeFileSync(at('other'), 'precious');
    symlinkSync(at('other'), at('link'));
    makePipe(at('pipe'));
    for (const name of ['link', 'pipe', '.']) {
      const before = lstatSync(at(name));
      const { code, err } = await cli('--out', at(name), '--force');
      expect([code, err]).toEqual([2, expect.stringContaining('not a regular file')]);
      expect(lstatSync(at(name)).ino).toBe(before.ino);
    }
    expect(readFileSync(at('other'), 'utf8')).toBe('precious');
  });

  test('a failure keeps the file that was to be replaced, and leaves no partial new file', async () => {
    const [file, fresh] = [join(directory.path, 'out'), join(directory.path, 'fresh')];
    writeFileSync(file, 'old');
    for (const [path, replace] of [
      [file, true],
      [fresh, false],
    ] as const) {
      const out = await openOutFile(path, replace);
      await out.write('half');
      await out.discard();
    }
    expect(readdirSync(directory.path)).toEqual(['out']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  test('a failed export keeps the file that was to be replaced', async () => {
    aJournal({}, { name: 5 as unknown as string });
    const file = join(directory.path, 'out');
    writeFileSync(file, 'old');
    expect(await cli('--format', 'kissmetrics', '--out', file, '--force')).toMatchObject({ code: 2 });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(directory.path).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('names the problem of the path', async () => {
    aJournal({});
    const ended = await cli('--out', join(directory.path, 'nowhere', 'out.jsonl'));
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
  });
});

test.each(['jsonl', 'csv', 'kissmetrics'])(
  '%s steers no screen, and is as it was in a file or a pipe',
  async (format) => {
    const name = 'a\u001B[2J\u202Eb\u009B\u200Bc';
    aJournal({ name });
    const file = join(directory.path, 'out');
    const argv = ['-C', directory.path, 'export', '--format', format];
    const screen = await commandLine(argv, { columns: 80 });
    expect(screen.out).toContain(String.raw`[2J\u202eb\u009b\u200bc`);
    // eslint-disable-next-line no-control-regex -- the characters that must not be there
    expect(screen.out).not.toMatch(/[\u001B\u009B\u202E\u200B]/);
    await commandLine([...argv, '--out', file], { columns: 80 });
    const piped = await cli('--format', format);
    for (const text of [piped.out, readFileSync(file, 'utf8')]) {
      if (format === 'csv') expect(text).toContain(name);
      else expect(Object.values(jsonLines(text)[0]!)).toContain(name);
      expect(text).toContain('\u202Eb\u009B\u200Bc');
    }
  },
);

test('messages beside the result contain no terminal controls', async () => {
  aJournal({});
  const { err } = await cli('--out', join(directory.path, 'a\u001B[2J\u202E', 'b'));
  expect(err).toContain(String.raw`a\u001b[2J\u202e`);
});
