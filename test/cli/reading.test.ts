import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type { LaneAccount } from '../../lib/buffer/event-buffer.js';
import { encodeHistory } from '../../lib/buffer/journal/format/history-line.js';
import { join, relative } from 'node:path';
import { HAS_SPECIAL_FILES, makePipe } from '../support/special-files.js';
import {
  ack,
  ACCOUNTS,
  aDirectory,
  AFolder,
  anEventJson,
  aRecord,
  GROUP,
  idOf,
  SEGMENT,
  START,
} from './a-journal.js';
import { commandLine, jsonLines, type Around, type Ended } from './command-line.js';

let directory: { path: string; remove: () => void };
beforeEach(() => {
  directory = aDirectory();
});
afterEach(() => directory.remove());

const cli = (argv: string[], around?: Around): Promise<Ended> =>
  commandLine(['-C', directory.path, ...argv], around);

/** Three orders and a trial: delivered, dead and dropped at one destination, pending at the other. */
function aJournal(): AFolder {
  return new AFolder(directory.path)
    .frame(SEGMENT, [
      aRecord(1),
      aRecord(2, { userId: 'ada', properties: { plan: 'Größe "L"' } }),
      aRecord(3, { name: 'Trial Started', userId: undefined, anonymousId: 'anon-3' }),
      aRecord(4),
    ])
    .acks(
      SEGMENT,
      ack('webhook', 'delivered', [[1, 1]]),
      ack('webhook', 'dead', [[2, 2]], 'refused'),
      ack('webhook', 'dropped', [[3, 3]], 'expired'),
    )
    .dead({
      event: anEventJson(2, { userId: 'ada' }),
      lane: 'webhook',
      reason: 'refused',
      attempts: 3,
      answer: '400 no',
      at: START,
      seq: 2,
    });
}

describe('list', () => {
  const idsOf = async (...argv: string[]): Promise<number[]> => {
    const { out, code } = await cli(['list', '--json', ...argv]);
    expect(code).toBe(0);
    return jsonLines(out).map(({ id }) => Number(String(id).slice(-12)));
  };

  test.each([
    [[], [1, 2, 3, 4]],
    [
      ['--limit', '2'],
      [1, 2],
    ],
    [['--event', 'Trial Started'], [3]],
    [['--event', 'Trial Started', '--event', 'Order Completed', '--user', 'ada'], [2]],
    [
      ['--user', 'ada', '--user', 'user-4'],
      [2, 4],
    ],
    [['--anonymous', 'anon-3'], [3]],
    [['--state', 'dead'], [2]],
    [
      ['--state', 'delivered', '--state', 'dropped'],
      [1, 3],
    ],
    [['--destination', 'kissmetrics', '--state', 'dead'], []],
    [['--destination', 'nowhere'], []],
    [['--text', 'größe "l"'], [2]],
    [
      ['--since', '2026-11-23T15:00:03Z'],
      [3, 4],
    ],
    [
      ['--until', '2026-11-23T15:00:03Z'],
      [1, 2],
    ],
  ])('%j means %j', async (argv, ids) => {
    aJournal();
    expect(await idsOf(...argv)).toEqual(ids);
  });

  test('accepts an age as a time', async () => {
    aJournal();
    const { out } = await cli(['list', '--since', '2s', '--json'], { now: START + 5_000 });
    expect(jsonLines(out)).toHaveLength(2);
  });

  test('shows the state of an event at each destination, with reason and time', async () => {
    aJournal();
    const [, second] = jsonLines((await cli(['list', '--json'])).out);
    expect(second).toMatchObject({
      id: idOf(2),
      destinations: [
        { name: 'kissmetrics', state: 'pending' },
        { name: 'webhook', state: 'dead', reason: 'refused', at: '2026-11-23T15:00:00.000Z' },
      ],
    });
  });

  test('is a table by default', async () => {
    aJournal();
    const { out } = await cli(['list', '--user', 'ada']);
    const [titles, row] = out.split('\n');
    expect(titles).toMatch(/^ACCEPTED +ID +EVENT +PERSON +WHERE IT IS$/);
    expect(row).toMatch(
      /^2026-11-23T15:00:02.000Z {2}\S+ {2}Order Completed +ada +kissmetrics: pending, webhook: dead \(refused\)$/,
    );
  });

  test('reports that no event matches, and succeeds', async () => {
    aJournal();
    expect(await cli(['list', '--user', 'nobody'])).toEqual({ code: 0, out: '', err: 'Nothing matches.\n' });
  });

  test('merges several processes by time', async () => {
    const later = START + 500;
    new AFolder(directory.path).frame(SEGMENT, [aRecord(1), aRecord(3), aRecord(5)]);
    new AFolder(directory.path, { startedAt: later }).frame(SEGMENT, [aRecord(2), aRecord(4)]);
    expect(await idsOf()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('show', () => {
  test.each(['c1', 'c1:dead'])('names the command that sends it again, marked %s', async (replay) => {
    new AFolder(directory.path).frame(SEGMENT, [aRecord(1, {}, { replay })]);
    const { out } = await cli(['show', idOf(1)]);
    expect(out).toContain('a copy, made by replay c1\n');
  });

  test('shows everything that is known of an event', async () => {
    aJournal();
    const { code, out } = await cli(['show', idOf(2).toUpperCase()]);
    expect(code).toBe(0);
    expect(out).toContain('"userId": "ada"');
    expect(out).toContain('  kissmetrics: pending\n');
    expect(out).toContain('  webhook: dead (refused) since 2026-11-23T15:00:00.000Z\n');
    expect(out).toContain(`${SEGMENT}.jsonl, number 2\n`);
    expect(out).toContain('after 3 attempts');
    expect(out).toContain('answer: 400 no\n');
  });

  test('suggests where else to look for a missing event', async () => {
    aJournal();
    const { code, err } = await cli(['show', idOf(99)]);
    expect(code).toBe(2);
    expect(err).toContain('--directory');
  });
});

describe('status', () => {
  interface Status {
    groups: {
      group: string;
      destinations: Record<string, unknown>[];
      folders: Record<string, unknown>[];
    }[];
    stranded: Record<string, unknown>[];
  }
  const status = async (): Promise<Status> =>
    JSON.parse((await cli(['status', '--json'], { now: START + 65_000 })).out) as Status;

  test('accounts for every event of every destination', async () => {
    aJournal();
    const [group] = (await status()).groups;
    expect(group?.destinations).toEqual([
      expect.objectContaining({ destination: 'kissmetrics', accepted: 4, pending: 4, delivered: 0 }),
      expect.objectContaining({
        destination: 'webhook',
        accepted: 4,
        delivered: 1,
        pending: 1,
        dead: 1,
        dropped: { expired: 1 },
        oldestPending: {
          id: idOf(4),
          name: 'Order Completed',
          acceptedAt: '2026-11-23T15:00:04.000Z',
          ageMs: 61_000,
        },
      }),
    ]);
  });

  test('adds the events of deleted segments, and counts none twice', async () => {
    const deleted = {
      hour: '2026-11-23T14',
      type: 'track',
      name: 'Order Completed',
      lane: 'webhook',
      state: 'delivered',
    } as const;
    const folder = aJournal();
    folder.history(
      { ...deleted, segment: `gone-1-00000000/${SEGMENT}`, count: 120 },
      { ...deleted, segment: `${folder.owner}/${SEGMENT}`, count: 1 },
    );
    new AFolder(directory.path, { startedAt: START + 1, owner: 'closed' }).history({
      ...deleted,
      segment: `gone-1-00000000/${SEGMENT}`,
      count: 120,
    });
    const [group] = (await status()).groups;
    expect(group?.destinations[1]).toMatchObject({ accepted: 124, delivered: 121, pending: 1, dead: 1 });
  });

  test('distinguishes living, crashed and closed owners, and shows events that no process sends', async () => {
    const { kissmetrics } = ACCOUNTS as { kissmetrics: (typeof ACCOUNTS)[string] };
    aJournal();
    new AFolder(directory.path, { startedAt: START + 1, owner: 'dead' }).frame(SEGMENT, [aRecord(1)]);
    new AFolder(directory.path, { startedAt: START + 2, owner: 'closed' });
    const other = { kissmetrics: { ...kissmetrics, key: 'other' } };
    new AFolder(directory.path, {
      startedAt: START + 3,
      owner: 'dead',
      lanes: other,
      group: 'fedcba9876543210',
    }).frame(SEGMENT, [aRecord(1, {}, { lanes: ['kissmetrics'] })]);
    const { groups, stranded } = await status();
    const [own, others] = groups;
    expect(own?.folders.map(({ state }) => state)).toEqual(['alive', 'dead', 'closed']);
    expect(others?.destinations).toEqual([expect.objectContaining({ accepted: 1, pending: 1 })]);
    expect(stranded).toEqual([
      expect.objectContaining({ destination: 'kissmetrics', reason: 'account_changed', events: 1 }),
    ]);
    const { out } = await cli(['status']);
    expect(out).toMatch(/ 1 {2}kissmetrics\/\S+ {2}kissmetrics {2}account_changed {2}fedcba9876543210\//);
    expect(out).toContain('release them with `move');
  });

  test('shows for all pending events without a delivering process the reason', async () => {
    const { webhook } = ACCOUNTS;
    new AFolder(directory.path);
    const left = (startedAt: number, lanes: Record<string, LaneAccount>): AFolder =>
      new AFolder(directory.path, {
        startedAt,
        owner: 'dead',
        lanes,
        group: '00000000000000' + startedAt.toString().slice(-2),
      }).frame(SEGMENT, [aRecord(1, {}, { lanes: Object.keys(lanes) })]);
    left(START + 11, { renamed: webhook! });
    left(START + 12, { webhook: webhook!, gone: { kind: 'mixpanel', host: 'm.example', key: 'm' } });
    left(START + 13, { elsewhere: { kind: 'mixpanel', host: 'm.example', key: 'm' } });
    left(START + 14, { webhook: { ...webhook!, key: 'before' } });
    left(START + 15, { webhook: webhook! }).append('owner.json', 'damaged');
    expect((await status()).stranded.map(({ destination, reason }) => [destination, reason])).toEqual([
      ['gone', 'not_configured'],
      ['elsewhere', 'other_service'],
      ['webhook', 'account_changed'],
      ['webhook', 'unreadable'],
    ]);
  });

  test('is a table with numbers to the right', async () => {
    aJournal();
    const { out } = await cli(['status'], { now: START + 65_000 });
    expect(out).toContain(`${GROUP}: kissmetrics (trk.kissmetrics.io), webhook (example.com)\n`);
    expect(out).toMatch(/\nkissmetrics {9}4 +0 +0 +4 +0 +0 +0 +1m 4s\n/);
    expect(out).toContain('webhook dropped: expired 1\n');
  });

  test('shows a destination without a host by its name alone, and one with another name with its kind', async () => {
    new AFolder(directory.path, {
      owner: 'dead',
      lanes: {
        console: { kind: 'console', host: '', key: 'c' },
        printed: { kind: 'console', host: '', key: 'p' },
      },
    });
    expect((await cli(['status'])).out).toContain(`${GROUP}: console, printed (console)\n`);
  });

  describe('of a destination that delivers nothing', () => {
    const webhook = ACCOUNTS['webhook']!;
    const refusal = {
      status: 400,
      reason: 'refused',
      answer: '400 bad_plan (plan): no plan ***',
      at: START + 60_000,
      count: 12,
    };
    const store = (...troubles: object[]): void =>
      writeFileSync(join(directory.path, 'pauses.json'), JSON.stringify({ format: 1, pauses: [], troubles }));
    const now = { now: START + 65_000 };

    test('shows the park and the last refusal, with the answer', async () => {
      aJournal();
      store({
        account: webhook,
        at: START + 60_000,
        parked: { reason: 'refused_all', at: START + 5_000 },
        lastRefusal: refusal,
      });
      const [kissmetrics, own] = (await status()).groups[0]!.destinations;
      expect(kissmetrics).toMatchObject({ parked: null, lastRefusal: null });
      expect(own).toMatchObject({
        parked: { reason: 'refused_all', since: '2026-11-23T15:00:05.000Z' },
        lastRefusal: { ...refusal, at: '2026-11-23T15:01:00.000Z' },
      });
      const { out } = await cli(['status'], now);
      expect(out).toContain('webhook has been parked (refused_all) for 1m. Its events stay pending;');
      expect(out).toContain(
        'webhook refused 12 requests since its last delivery, the last one 5s ago (answer 400 bad_plan (plan): no plan ***).\n',
      );
    });

    test('shows a refusal without a park, and the outcome of an event that is rejected alone', async () => {
      aJournal();
      store({ account: webhook, at: START, parked: null, lastRefusal: { ...refusal, count: 1 } });
      const { out } = await cli(['status'], now);
      expect(out).not.toContain('parked');
      expect(out).toContain('webhook refused 1 request since its last delivery, the last one 5s ago');
      expect(out).toContain('becomes a dead letter once another event is delivered.');
    });

    test('shows it for a process that ended, also if there was no answer', async () => {
      new AFolder(directory.path, { owner: 'closed' });
      store({
        account: webhook,
        at: START,
        parked: { reason: 'misconfigured', at: START },
        lastRefusal: null,
      });
      const { out } = await cli(['status'], now);
      expect(out).toContain(
        'webhook was parked (misconfigured) 1m 5s ago, and still was when its process ended.',
      );
    });

    test.each([
      [
        'another account',
        [{ account: { ...webhook, key: 'other' }, at: START, parked: null, lastRefusal: refusal }],
      ],
      [
        'what cannot be read',
        [null, { account: webhook }, { account: webhook, at: START, parked: 1, lastRefusal: {} }],
      ],
      [
        'times that no date has',
        [{ account: webhook, at: START, parked: { reason: 'refused', at: 1e20 }, lastRefusal: null }],
      ],
      [
        'a lane that has delivered since',
        [{ account: webhook, at: START, parked: null, lastRefusal: { ...refusal, count: 0 } }],
      ],
    ])('shows nothing of %s', async (_, troubles) => {
      aJournal();
      store(...(troubles as object[]));
      const { out, code } = await cli(['status'], now);
      expect(code).toBe(0);
      expect(out).not.toMatch(/parked|refused \d/);
    });

    test('names the file if it cannot be read', async () => {
      aJournal();
      mkdirSync(join(directory.path, 'pauses.json'));
      const { err, code } = await cli(['status'], now);
      expect(code).toBe(1);
      expect(err).toContain(`${join(directory.path, 'pauses.json')} is not a regular file.`);
    });
  });

  test('counts an erased event without showing any of its data', async () => {
    const { erasedLine } = await import('../../lib/buffer/journal/format/hash-line.js');
    aJournal()
      .append(`${SEGMENT}.jsonl`, erasedLine(5, 200))
      .acks(SEGMENT, ack('webhook', 'dropped', [[5, 5]], 'erased'));
    const [group] = (await status()).groups;
    expect(group?.destinations[1]).toMatchObject({ accepted: 5, dropped: { expired: 1, erased: 1 } });
  });
});

describe('dead list', () => {
  test('shows reason, attempts and answer, and omits removed letters', async () => {
    aJournal()
      .dead({ event: anEventJson(1), lane: 'webhook', reason: 'refused', attempts: 1, at: START, seq: 1 })
      .dead({ gone: idOf(1), lane: 'webhook', as: 'dropped', at: START + 1, seq: 1 });
    const { out } = await cli(['dead', 'list', '--json']);
    expect(jsonLines(out)).toEqual([
      expect.objectContaining({ destination: 'webhook', reason: 'refused', attempts: 3, answer: '400 no' }),
    ]);
    expect((await cli(['dead', 'list'])).out).toMatch(
      /Order Comple… +webhook +refused +3 +400 no|Order Completed +webhook +refused +3 +400 no/,
    );
  });

  test('distinguishes two dead letters of one event, of which one is removed', async () => {
    aJournal()
      .dead({ gone: idOf(2), lane: 'webhook', as: 'redriven', at: START + 5, seq: 2 })
      .frame(SEGMENT, [aRecord(5, anEventJson(2), { lanes: ['webhook'], replay: 'c1' })])
      .acks(SEGMENT, ack('webhook', 'dead', [[5, 5]], 'refused'))
      .dead({
        event: anEventJson(2),
        lane: 'webhook',
        reason: 'refused',
        attempts: 1,
        at: START + 9,
        seq: 5,
      });
    expect(jsonLines((await cli(['dead', 'list', '--json'])).out)).toHaveLength(1);
    const shown = jsonLines(
      (await cli(['list', '--json', '--destination', 'webhook', '--text', idOf(2)])).out,
    );
    expect(
      shown.map(({ destinations }) => (destinations as { name: string; state: string }[]).at(-1)?.state),
    ).toEqual(['redriven', 'dead']);
  });
});

describe('reconcile', () => {
  test('balances each hour, event and destination, with every reason', async () => {
    aJournal();
    const { out } = await cli(['reconcile', '--json']);
    const rows = jsonLines(out) as unknown as Record<string, number & string>[];
    for (const { accepted, replayed, delivered, pending, dead, dropped, redriven } of rows) {
      expect(accepted! + replayed!).toBe(delivered! + pending! + dead! + dropped! + redriven!);
    }
    expect(rows.find(({ lane, name }) => lane === 'webhook' && name === 'Order Completed')).toMatchObject({
      hour: '2026-11-23T15',
      accepted: 3,
      delivered: 1,
      pending: 1,
      dead: 1,
      reasons: { 'dead.refused': 1 },
    });
  });

  test('ends with the total, and filters by hours, events and destinations', async () => {
    aJournal();
    expect((await cli(['reconcile'])).out).toMatch(/\ntotal +8 +0 +1 +5 +1 +1 +0\n$/);
    const filtered = ['reconcile', '--csv', '--event', 'Trial Started', '--destination', 'webhook'];
    expect((await cli([...filtered, '--since', '2026-11-23T15:30Z'])).out.split('\r\n')).toEqual([
      'group,hour,type,event,destination,accepted,replayed,delivered,pending,dead,dropped,redriven,reasons',
      `${GROUP},2026-11-23T15,track,Trial Started,webhook,1,0,0,0,0,1,0,dropped.expired=1`,
      '',
    ]);
    expect((await cli([...filtered, '--since', '2026-11-23T16:00Z'])).out.split('\r\n')).toHaveLength(2);
  });
});

describe('verify', () => {
  test('finds no problem in an intact journal', async () => {
    aJournal();
    const { code, out } = await cli(['verify']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^4 events in 1 segment of 1 folder read \(\S+ KiB\), 0 damaged, 0 torn/),
    });
  });

  test('shows the damage and its place, and ends with 1', async () => {
    aJournal().append(`${SEGMENT}.jsonl`, 'not one of ours\n').append(`${SEGMENT}.acks`, 'nor this\n');
    const { out, code } = await cli(['verify', '--json']);
    const [line, log, sum] = jsonLines(out);
    expect(code).toBe(1);
    expect(line).toMatchObject({ what: 'line', file: `${SEGMENT}.jsonl`, bytes: 16 });
    expect(log).toMatchObject({ what: 'log', file: `${SEGMENT}.acks` });
    expect(sum).toMatchObject({ events: 4, damaged: 2 });
  });

  test('names files that the journal did not write, also beside its folders, and ends with 1', async () => {
    const folder = aJournal();
    renameSync(join(folder.path, `${SEGMENT}.jsonl`), join(folder.path, `${SEGMENT}.jsonl.bak`));
    folder.append('notes.txt', 'mine').append('inbox/note.json', 'mine');
    writeFileSync(join(folder.path, '..', 'folder.tar.gz'), '');
    const { out, err, code } = await cli(['verify', '--json']);
    const lines = jsonLines(out);
    expect(code).toBe(1);
    expect(lines.slice(0, -1).map(({ what, file }) => [what, file])).toEqual(
      ['folder.tar.gz', `${SEGMENT}.jsonl.bak`, 'inbox/note.json', 'notes.txt'].map((name) => [
        'unknown',
        name,
      ]),
    );
    expect(lines.at(-1)).toMatchObject({ events: 0, damaged: 0, unknown: 4 });
    expect(err).toBe('');
    expect((await cli(['verify'])).err).toContain('never deleted');
  });

  test('ignores the unfinished write of a living process, and reports that of a crashed one as torn', async () => {
    aJournal().append(`${SEGMENT}.jsonl`, '#1w 0000000000');
    expect(await cli(['verify', '--json'])).toMatchObject({ code: 0 });
    new AFolder(directory.path, { startedAt: START + 1, owner: 'dead' })
      .frame(SEGMENT, [aRecord(1)])
      .append(`${SEGMENT}.jsonl`, '#1w 0000000000');
    const { code, out } = await cli(['verify', '--json']);
    expect(code).toBe(0);
    expect(jsonLines(out)).toEqual([
      expect.objectContaining({ what: 'torn', bytes: 14 }),
      expect.objectContaining({ damaged: 0, torn: 1, folders: 2 }),
    ]);
  });
});

describe('a segment that was cut', () => {
  const FRAMES = [1, 5, 9].map((first) => [0, 1, 2, 3].map((n) => aRecord(first + n)));

  /** Bytes that are left, of all and of two frames. */
  type Part = (bytes: number, twoFrames: number) => number;

  /** Three frames of four events each, of which some bytes are left. */
  function aCutSegment(owner: 'alive' | 'dead' | 'closed', part: Part): AFolder {
    const folder = new AFolder(directory.path, { owner });
    const path = join(folder.path, `${SEGMENT}.jsonl`);
    const [, first] = FRAMES.map((frame) => (folder.frame(SEGMENT, frame), statSync(path).size));
    const { size } = statSync(path);
    truncateSync(path, Math.floor(part(size, first!)));
    return folder;
  }

  const verdict = async (): Promise<Record<string, unknown>> => {
    const { out, code } = await cli(['verify', '--json']);
    const [damage, sum] = jsonLines(out);
    return { code, what: damage?.['what'], lines: damage?.['lines'], events: (sum ?? damage)?.['events'] };
  };

  test.each<[string, Part]>([
    ['in half', (bytes) => bytes / 2],
    ['between two frames', (_bytes, twoFrames) => twoFrames],
    ['to nothing', () => 0],
  ])('%s: the next segment tells how many events are gone', async (_, part) => {
    aCutSegment('alive', part).frame('0000000000000013-0', [aRecord(13)]);
    const { code, what, lines, events } = await verdict();
    expect({ code, what, sum: Number(lines) + Number(events) }).toEqual({
      code: 1,
      what: 'missing',
      sum: 13,
    });
    const [status] = jsonLines((await cli(['status', '--json'])).out) as {
      groups: { folders: { damaged: number }[] }[];
    }[];
    expect(status!.groups[0]!.folders[0]!.damaged).toBe(lines);
  });

  test('nothing is missing if a segment in between was deleted in order', async () => {
    aCutSegment('alive', (bytes) => bytes)
      .frame('0000000000000017-0', [aRecord(17)])
      .append('history.jsonl', encodeHistory({ segment: `x/0000000000000013-0`, keys: [] }));
    expect(await verdict()).toMatchObject({ code: 0, events: 13 });
  });

  test('a partial frame shows how many events are lost, after a crash and after an orderly shutdown', async () => {
    const half = (bytes: number): number => bytes / 2;
    aCutSegment('dead', half);
    expect(await verdict()).toEqual({ code: 0, what: 'torn', lines: 3, events: 5 });
    directory.remove();
    aCutSegment('closed', half);
    expect(await verdict()).toEqual({ code: 1, what: 'missing', lines: 3, events: 5 });
  });

  test('acknowledgements reveal events that are missing from the last segment', async () => {
    aCutSegment('closed', (_, twoFrames) => twoFrames).acks(SEGMENT, ack('webhook', 'delivered', [[1, 10]]));
    expect(await verdict()).toEqual({ code: 1, what: 'missing', lines: 2, events: 8 });
  });
});

describe('a file that cannot be read', () => {
  /** Two segments and a second folder; a folder stands in place of a file, which root cannot read either. */
  function aBrokenJournal(name: string): string {
    const folder = aJournal().frame('0000000000000005-0', [aRecord(5), aRecord(6)]);
    new AFolder(directory.path, { startedAt: START + 1 }).frame(SEGMENT, [aRecord(7)]);
    const path = join(folder.path, name);
    rmSync(path, { force: true });
    mkdirSync(path);
    return path;
  }

  test.each([
    [`${SEGMENT}.jsonl`, [5, 6, 7]],
    [`${SEGMENT}.acks`, [5, 6, 7]],
    ['dead.jsonl', [1, 2, 3, 4, 5, 6, 7]],
  ])('%s is named, and all other events are listed', async (name, ids) => {
    const path = aBrokenJournal(name);
    const { out, err, code } = await cli(['list', '--json']);
    expect(jsonLines(out).map(({ id }) => id)).toEqual(ids.map(idOf));
    expect({ code, err }).toEqual({
      code: 1,
      err: `${path} is not a regular file. The output omits its content. Remove it; the journal did not create it.\n`,
    });
  });

  test.each([`${SEGMENT}.jsonl`, `${SEGMENT}.acks`, 'dead.jsonl', 'history.jsonl'])(
    '%s is named by status, which counts the rest',
    async (name) => {
      const path = aBrokenJournal(name);
      const { out, code } = await cli(['status', '--json']);
      const [status] = jsonLines(out) as { groups: { folders: { segments: number }[] }[] }[];
      expect(code).toBe(1);
      expect(status).toMatchObject({ unreadable: [{ path, code: 'EISDIR' }] });
      expect(status!.groups[0]!.folders.map(({ segments }) => segments)).toEqual([
        name.startsWith(SEGMENT) ? 1 : 2,
        1,
      ]);
      expect((await cli(['status'])).err).toContain(`${path} is not a regular file.`);
    },
  );

  test.each([
    [`${SEGMENT}.jsonl`, 3],
    [`${SEGMENT}.acks`, 7],
    ['dead.jsonl', 7],
  ])('%s is named by verify, which reads the rest', async (name, events) => {
    const path = aBrokenJournal(name);
    const { out, code } = await cli(['verify', '--json']);
    const lines = jsonLines(out);
    const file = relative(directory.path, path);
    expect(code).toBe(1);
    expect(lines.filter(({ what }) => what === 'unreadable')).toEqual([
      { folder: '', file, what: 'unreadable', code: 'EISDIR', offset: 0, bytes: 0 },
    ]);
    expect(lines.at(-1)).toMatchObject({ events, unreadable: 1, damaged: 0 });
    expect((await cli(['verify'])).err).toContain(`${path} is not a regular file.`);
  });

  test('is named by every command that only reads, and stops one that exports or changes events', async () => {
    const path = aBrokenJournal(`${SEGMENT}.jsonl`);
    for (const command of ['reconcile', 'tail', `show ${idOf(5)}`]) {
      expect(await cli(command.split(' '))).toMatchObject({ code: 1, err: expect.stringContaining(path) });
    }
    for (const command of ['export', 'replay --all --to webhook', 'erase --user ada --yes']) {
      const { code, err } = await cli(command.split(' '));
      expect({ command, code, err }).toEqual({ command, code: 2, err: expect.stringContaining(path) });
    }
  });
});

describe('tail', () => {
  test('shows the last events, from the newest segments only', async () => {
    aJournal().frame('0000000000000005-0', [aRecord(5), aRecord(6)]);
    const { out } = await cli(['tail', '-n', '3', '--json']);
    expect(jsonLines(out).map(({ id }) => id)).toEqual([4, 5, 6].map(idOf));
  });

  test('follows new events, also in new segments and folders, until it is interrupted', async () => {
    const folder = aJournal();
    const interrupted = new AbortController();
    const seen: string[] = [];
    const waitFor = async (n: number): Promise<void> => {
      while (!seen.join('').includes(idOf(n))) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const following = cli(['tail', '-f', '-n', '1', '--json', '--event', 'Order Completed'], {
      signal: interrupted.signal,
      onOut: (text) => seen.push(text),
    });
    await waitFor(4);
    folder.frame(SEGMENT, [aRecord(5), aRecord(6, { name: 'Other' })]);
    await waitFor(5);
    folder.frame('0000000000000007-0', [aRecord(7)]);
    await waitFor(7);
    new AFolder(directory.path, { startedAt: START + 1 }).frame(SEGMENT, [aRecord(8)]);
    await waitFor(8);
    interrupted.abort();
    const { code, out } = await following;
    expect(code).toBe(0);
    expect(jsonLines(out).map(({ id }) => id)).toEqual([4, 5, 7, 8].map(idOf));
  });

  test('does not follow a state', async () => {
    aJournal();
    expect(await cli(['tail', '-f', '--state', 'dead'])).toMatchObject({ code: 2 });
  });
});

(HAS_SPECIAL_FILES ? describe : describe.skip)('links and pipes in a journal', () => {
  const COMMANDS = ['status', 'verify', 'list', 'export', 'reconcile', 'dead list'];

  test.each([
    ['a segment', `${SEGMENT}.jsonl`],
    ['acknowledgements', `${SEGMENT}.acks`],
    ['dead letters', 'dead.jsonl'],
  ])('%s: are named, neither followed nor waited for', async (_, name) => {
    const folder = aJournal();
    const secret = join(directory.path, 'secret');
    writeFileSync(secret, 'root:$6$secret\n');
    const path = join(folder.path, name);
    for (const make of [() => symlinkSync(secret, path), () => makePipe(path)]) {
      rmSync(path, { force: true });
      make();
      const ends = await Promise.all(COMMANDS.map((command) => cli(command.split(' '))));
      const naming = ends.filter(({ err }) => err.includes(`${path} is not a regular file`));
      expect(naming.map(({ code }) => code)).toEqual(
        ends.filter(({ code }) => code !== 0).map(({ code }) => code),
      );
      expect(naming).not.toEqual([]);
      expect(ends.filter(({ out, err }) => `${out}${err}`.includes('$6$'))).toEqual([]);
    }
    expect(readFileSync(secret, 'utf8')).toBe('root:$6$secret\n');
  });

  test('a link in place of a folder is reported, and its target is not read', async () => {
    const folder = aJournal();
    const elsewhere = join(directory.path, 'elsewhere');
    renameSync(folder.path, elsewhere);
    symlinkSync(elsewhere, folder.path);
    const status = await cli(['status', '--json']);
    expect(status.code).toBe(1);
    expect(jsonLines(status.out)[0]).toMatchObject({ groups: [], unreadable: [{ path: folder.path }] });
    expect(jsonLines((await cli(['verify', '--json'])).out)[0]).toMatchObject({ what: 'unreadable' });
    expect(await cli(['list'])).toMatchObject({ code: 1, out: '' });
    expect(await cli(['export'])).toMatchObject({ code: 2, out: '' });
  });

  test('the directory itself may be a link', async () => {
    aJournal();
    const link = `${directory.path}-link`;
    symlinkSync(directory.path, link);
    try {
      expect((await commandLine(['-C', link, 'verify'])).code).toBe(0);
    } finally {
      rmSync(link);
    }
  });
});
