import { join } from 'node:path';
import { parseSegmentName } from '../../format/segment-name.js';
import { unlessAbsent } from '../../ownership/absence.js';
import { SegmentStream } from '../../reader/segment-stream.js';
import { DEAD_LETTERS_FILE } from '../../store/dead-letters.js';
import type { CommandWork } from '../command-work.js';
import type { Execution } from '../execution.js';
import { isAbout } from './erase-letters.js';
import type { Person } from './person.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * How many places still name a person, in all files of all folders that we hold: read as what they are, and byte by byte.
 * None proves the absence.
 */
export async function countTraces(work: CommandWork, execution: Execution, person: Person): Promise<number> {
  const { files, folders } = work;
  let traces = 0;
  for (const { path } of folders.all) {
    for (const name of (await unlessAbsent(files.list(path))) ?? []) {
      // Also one that a write left beside the file that it was to become.
      if (!name.includes('.jsonl')) continue;
      const file = join(path, name);
      if (parseSegmentName(name) !== undefined) traces += await countRecords(work, execution, file, person);
      else if (name === DEAD_LETTERS_FILE) {
        const text = (await unlessAbsent(files.readText(file))) ?? '';
        traces += text.split('\n').filter((line) => line !== '' && isAbout(line, person)).length;
      }
      // Whatever is counted already is found once more; it only matters where nothing was.
      if (traces === 0) traces += await countTexts(work, execution, file, person);
    }
  }
  return traces;
}

async function countRecords(
  { files }: CommandWork,
  execution: Execution,
  path: string,
  person: Person,
): Promise<number> {
  const file = await unlessAbsent(files.open(path, 'read'));
  if (file === undefined) return 0;
  let traces = 0;
  try {
    for await (const items of new SegmentStream(file).items(true)) {
      for (const item of items) if (item.is === 'record' && person.isIn(item.record.json)) traces++;
      await execution.turn();
    }
  } finally {
    await file.close();
  }
  return traces;
}

async function countTexts(
  { files }: CommandWork,
  execution: Execution,
  path: string,
  { texts }: Person,
): Promise<number> {
  const file = await unlessAbsent(files.open(path, 'read'));
  if (file === undefined) return 0;
  const needles = texts.map((text) => Buffer.from(text));
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1));
  const bytes = Buffer.alloc(CHUNK_BYTES + overlap);
  let traces = 0;
  try {
    for (let at = 0; ; at += CHUNK_BYTES) {
      const read = await file.read(bytes, at);
      const found = bytes.subarray(0, read);
      traces += needles.filter((needle) => found.includes(needle)).length;
      if (read < bytes.length) return traces;
      await execution.turn();
    }
  } finally {
    await file.close();
  }
}
