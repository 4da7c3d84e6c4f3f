import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PersonToErase } from '../../../../lib/buffer/journal/query/person-to-erase.js';
import type { Files } from '../../../../lib/buffer/journal/files/files.js';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { FrameBuilder } from '../../../../lib/buffer/journal/format/frame-builder.js';
import { segmentName } from '../../../../lib/buffer/journal/format/file-names.js';
import type { Denied } from '../../../../lib/buffer/journal/ownership/denied.js';
import { adoptedName } from '../../../../lib/buffer/journal/ownership/folder-names.js';
import { processIdentity } from '../../../../lib/buffer/journal/ownership/process-identity.js';
import { openReader, type JournalReader } from '../../../../lib/buffer/journal/reader/reader.js';
import {
  ack,
  aDirectory,
  AFolder,
  anEventJson,
  aRecord,
  GROUP,
  idOf,
  SEGMENT,
  START,
} from '../../../cli/a-journal.js';

let directory: { path: string; remove: () => void };
beforeEach(() => {
  directory = aDirectory();
});
afterEach(() => directory.remove());

async function reader(files: Files = nodeFiles): Promise<JournalReader> {
  const setup = { files, process: processIdentity(), now: () => Date.now() };
  const opened = await openReader(directory.path, setup);
  if (opened === undefined) throw new Error('no journal');
  return opened;
}

async function numbers(from: JournalReader): Promise<number[]> {
  const found: number[] = [];
  for await (const event of from.events()) found.push(event.record.seq);
  return found;
}

/** Files that call a function before a file is opened for the first time. */
function before(name: string, act: () => void): Files {
  let waits = true;
  return {
    ...nodeFiles,
    open: async (path, mode) => {
      if (waits && path.endsWith(name)) {
        waits = false;
        act();
      }
      return await nodeFiles.open(path, mode);
    },
  };
}

/** Files, one of which cannot be read to its end. */
function failingAt(name: string): Files {
  return {
    ...nodeFiles,
    open: async (path, mode) => {
      const file = await nodeFiles.open(path, mode);
      if (!path.endsWith(name)) return file;
      const fail = (): Promise<number> =>
        Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' }));
      return {
        read: fail,
        write: (bytes, at) => file.write(bytes, at),
        writeNow: (bytes, at) => file.writeNow(bytes, at),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
  };
}

test.each([
  [`${SEGMENT}.jsonl`, [5]],
  [`${SEGMENT}.acks`, [5]],
  ['0000000000000005-1.jsonl', [1]],
])('reports a read error in %s with its path, and reads the other files', async (name, seqs) => {
  const { path } = new AFolder(directory.path, { owner: 'closed' })
    .frame(SEGMENT, [aRecord(1)])
    .acks(SEGMENT, ack('webhook', 'delivered', [[1, 1]]))
    .frame('0000000000000005-1', [aRecord(5)]);
  const denied: Denied[] = [];
  const opened = await reader(failingAt(name));
  expect(await numbers(opened.omitting((one) => denied.push(one)))).toEqual(seqs);
  expect(denied).toEqual([{ path: join(path, name), code: 'EIO' }]);
  await expect(numbers(opened)).rejects.toThrow(`EIO: '${join(path, name)}'`);
});

test('the journal may be missing', async () => {
  const setup = { files: nodeFiles, process: processIdentity(), now: () => 0 };
  expect(await openReader(join(directory.path, 'none'), setup)).toBeUndefined();
});

describe('an event that was rewritten after an I/O error', () => {
  test('is read once, from its last position', async () => {
    new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1), aRecord(2), aRecord(3), aRecord(4)])
      .acks(SEGMENT, ack('webhook', 'delivered', [[1, 4]]))
      .frame(segmentName(3, 0), [aRecord(3), aRecord(4)], true)
      .frame(segmentName(3, 1), [aRecord(4), aRecord(5)], true)
      .acks(segmentName(3, 1), ack('webhook', 'dropped', [[4, 4]], 'expired'));
    const found: [number, string, string | undefined][] = [];
    for await (const { record, segment, ends } of (await reader()).events()) {
      found.push([record.seq, segment, ends.find(({ lane }) => lane === 'webhook')?.state]);
    }
    expect(found).toEqual([
      [1, SEGMENT, 'delivered'],
      [2, SEGMENT, 'delivered'],
      [3, segmentName(3, 0), 'pending'],
      [4, segmentName(3, 1), 'dropped'],
      [5, segmentName(3, 1), 'pending'],
    ]);
  });

  test('is read from its segment if the later segment does not have it', async () => {
    new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1), aRecord(2), aRecord(3)])
      .frame(segmentName(2, 0), [aRecord(3)], true);
    expect(await numbers(await reader())).toEqual([1, 2, 3]);
  });
});

describe('while others write', () => {
  test('an adopted folder is read on under its new name', async () => {
    const folder = new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1)])
      .frame(segmentName(2, 0), [aRecord(2)])
      .acks(segmentName(2, 0), ack('webhook', 'delivered', [[2, 2]]));
    const heir = new AFolder(directory.path, { startedAt: START + 60_000 }).frame(SEGMENT, [aRecord(3)]);
    const taken = join(directory.path, GROUP, adoptedName(heir.owner, folder.owner));
    const files = before(`${segmentName(2, 0)}.jsonl`, () => renameSync(folder.path, taken));
    const found: string[] = [];
    for await (const { id, ends } of (await reader(files)).events()) {
      found.push(`${id} ${ends[1]?.state}`);
    }
    expect(found).toEqual([`${idOf(1)} pending`, `${idOf(2)} delivered`, `${idOf(3)} pending`]);
    const views = await (await reader()).folders();
    expect(views.map(({ owner, condition }) => [owner, condition])).toEqual([
      [heir.owner, 'alive'],
      [heir.owner, 'alive'],
    ]);
  });

  test('a segment that is deleted in the meantime is counted once', async () => {
    const folder = new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1)])
      .acks(SEGMENT, ack('kissmetrics', 'delivered', [[1, 1]]), ack('webhook', 'delivered', [[1, 1]]))
      .frame(segmentName(2, 0), [aRecord(2)]);
    const line = {
      segment: `${folder.owner}/${SEGMENT}`,
      hour: '2026-11-23T15',
      type: 'track',
      name: 'Order Completed',
      state: 'delivered',
      count: 1,
    } as const;
    const remove = (): void => {
      folder.history({ ...line, lane: 'kissmetrics' }, { ...line, lane: 'webhook' });
      for (const end of ['jsonl', 'acks']) rmSync(join(folder.path, `${SEGMENT}.${end}`), { force: true });
    };
    for (const name of [`${SEGMENT}.jsonl`, `${segmentName(2, 0)}.jsonl`]) {
      const { counts } = await (await reader(before(name, remove))).count();
      const sum = counts.rows().reduce((all, { count }) => all + count, 0);
      expect(sum).toBe(4);
      folder.frame(SEGMENT, [aRecord(1)]);
      rmSync(join(folder.path, 'history.jsonl'));
    }
  });

  test('a folder that is removed is skipped', async () => {
    const folder = new AFolder(directory.path).frame(SEGMENT, [aRecord(1)]);
    new AFolder(directory.path, { startedAt: START + 60_000 }).frame(SEGMENT, [aRecord(2)]);
    const files = before(`${SEGMENT}.jsonl`, () => rmSync(folder.path, { recursive: true }));
    expect(await numbers(await reader(files))).toEqual([2]);
  });
});

describe('a dead letter', () => {
  const letter = {
    event: anEventJson(1),
    lane: 'webhook',
    reason: 'refused',
    attempts: 1,
    at: START,
    seq: 1,
  } as const;

  test('counts before its acknowledgement, and for its record only, not for another record of the event', async () => {
    new AFolder(directory.path, { owner: 'dead' }).frame(SEGMENT, [aRecord(1)]).dead(letter);
    new AFolder(directory.path, { startedAt: START + 60_000 }).frame(SEGMENT, [aRecord(1)]);
    const ends: unknown[] = [];
    for await (const event of (await reader()).events()) ends.push([event.id, event.ends[1]?.state]);
    expect(ends).toEqual([
      [idOf(1), 'dead'],
      [idOf(1), 'pending'],
    ]);
  });
});

describe('a search for a person', () => {
  const grace = new PersonToErase({ userIds: ['grace@navy.example'], anonymousIds: [], properties: [] });
  const files = async (person = grace, command?: string): Promise<string[]> =>
    (await (await reader()).traces(person, command)).places.map(
      ({ file, what }) => `${what} ${basename(file)}`,
    );

  test('finds superseded copies, answers, reasons, commands, results and unknown files', async () => {
    const hers = { userId: 'grace@navy.example' };
    const about = { lane: 'webhook', reason: 'refused', attempts: 1, at: START } as const;
    const folder = new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1, hers), aRecord(2)])
      .frame(segmentName(1, 1), [aRecord(1, hers)], true)
      .append(segmentName(9, 1) + '.jsonl', 'torn: "userId":"grace@navy.example"')
      .dead({ ...about, event: anEventJson(3), answer: '400 no grace@navy.example here', seq: 3 })
      .dead({
        gone: idOf(4),
        lane: 'webhook',
        as: 'dropped',
        why: 'grace@navy.example left',
        at: START,
        seq: 4,
      })
      .append('damaged.jsonl', '{"text":"{\\"userId\\":\\"grace@navy.example\\","}\n')
      .append('inbox/c1.json', '{"payload":{"filter":{"userIds":["grace@navy.example"]}}}')
      .append('inbox/own.json', '{"payload":{"userIds":["grace@navy.example"]}}')
      .append('outbox/c0.json', '{"error":"grace@navy.example"}')
      .append('notes.txt', 'call\ngrace@navy.example\n');
    expect(folder).toBeDefined();
    expect(new Set(await files(grace, 'own'))).toEqual(
      new Set([
        `event ${SEGMENT}.jsonl`,
        `event ${segmentName(1, 1)}.jsonl`,
        `unreadable ${segmentName(9, 1)}.jsonl`,
        'letter dead.jsonl',
        'text damaged.jsonl',
        'text c1.json',
        'text c0.json',
        'text notes.txt',
      ]),
    );
  });

  test('reports links and folders as not searched', async () => {
    const folder = new AFolder(directory.path);
    mkdirSync(join(folder.path, 'a-folder'));
    symlinkSync('/etc/hostname', join(folder.path, 'a-link'));
    expect(await files()).toEqual(['unsearched a-folder', 'unsearched a-link']);
  });

  test('treats a longer id as another one, and counts events of others that mention the person', async () => {
    const user = new PersonToErase({ userIds: ['user-42'], anonymousIds: [], properties: [] });
    new AFolder(directory.path)
      .frame(SEGMENT, [aRecord(1, { userId: 'user-421' }), aRecord(2, { properties: { by: 'user-42' } })])
      .append('notes.txt', 'user-421 xuser-42\n');
    expect(await files(user)).toEqual([]);
    expect(await (await reader()).traces(user)).toMatchObject({ mentions: 1, folders: 1 });
  });
});

test('a followed segment may be written in pieces', async () => {
  const folder = new AFolder(directory.path).frame(SEGMENT, [aRecord(1)]);
  const builder = new FrameBuilder();
  builder.add(aRecord(2));
  const frame = builder.take();
  const stopped = new AbortController();
  const seen: string[] = [];
  for await (const events of (await reader()).follow(5, {}, stopped.signal)) {
    seen.push(...events.map(({ id }) => id));
    if (seen.length === 1) {
      folder.append(`${SEGMENT}.jsonl`, frame.subarray(0, 60));
      setTimeout(() => folder.append(`${SEGMENT}.jsonl`, frame.subarray(60)), 400);
    } else stopped.abort();
  }
  expect(seen).toEqual([idOf(1), idOf(2)]);
});

test('an owner without a heartbeat on another machine is unknown, not dead', async () => {
  new AFolder(directory.path).frame(SEGMENT, [aRecord(1)]).heartbeat(new Date(Date.now() - 60_000));
  const [view] = await (await reader()).folders();
  expect(view).toMatchObject({ condition: 'unknown', heartbeatAgeMs: expect.any(Number) });
});

test('memory does not depend on the number of events', async () => {
  const folder = new AFolder(directory.path);
  const properties = { text: 'x'.repeat(1_000) };
  for (let first = 1; first <= 80_000; first += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, i) => aRecord(first + i, { properties }));
    folder.frame(segmentName(first - ((first - 1) % 10_000), 0), records);
  }
  const from = await reader();
  let count = 0;
  let highest = 0;
  const start = process.memoryUsage().arrayBuffers;
  for await (const event of from.events()) {
    count += event.record.seq > 0 ? 1 : 0;
    if (count % 1_000 === 0) highest = Math.max(highest, process.memoryUsage().arrayBuffers - start);
  }
  expect(count).toBe(80_000);
  // The files have 100 MB. V8 decides when it collects used buffers.
  expect(highest).toBeLessThan(80_000_000);
});
