import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EventJson } from '../../lib/event/event-json.js';
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

test('JSON lines hold the event and where it is', async () => {
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

  test('knows identify, group and alias, and leaves out what the platform has no use for', async () => {
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
    expect(err).toMatch(/^1 event left out/);
  });

  test('keeps the second that an event was moved to, and sends a replayed one once', async () => {
    new AFolder(directory.path).frame(SEGMENT, [
      aRecord(1, {}, { notes: { kissmetrics: 1_795_446_009 } }),
      aRecord(2, { id: idOf(1) }, { replay: 'c1' }),
    ]);
    expect(jsonLines((await cli('--format', 'kissmetrics')).out)).toEqual([
      expect.objectContaining({ _p: 'user-1', _t: 1_795_446_009 }),
    ]);
  });
});

describe('--out', () => {
  test('writes a file for its owner alone, and replaces none unasked', async () => {
    aJournal({});
    const file = join(directory.path, 'out.jsonl');
    expect(await cli('--out', file)).toEqual({ code: 0, out: '', err: `1 events in ${file}\n` });
    expect(jsonLines(readFileSync(file, 'utf8'))).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cli('--out', file)).toMatchObject({ code: 2, err: expect.stringContaining('--force') });
    expect(await cli('--out', file, '--force')).toMatchObject({ code: 0 });
  });

  test('says what is wrong with the place', async () => {
    aJournal({});
    const ended = await cli('--out', join(directory.path, 'nowhere', 'out.jsonl'));
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
  });
});
