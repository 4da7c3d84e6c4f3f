import { letterWithout } from '../commands/erasure/person-lines.js';
import type { Person } from '../commands/erasure/person.js';
import type { LogLine } from '../files/log-lines.js';
import { DEAD_LETTERS_FILE, segmentFile } from '../format/file-names.js';
import { codeOf } from '../ownership/absence.js';
import type { FolderReader } from './folder-reader.js';
import { SegmentStream } from './segment-stream.js';

/** A place that names a person who was erased, or is to be. */
export interface Trace {
  /** `<group>/<origin>/<file>`. */
  readonly file: string;
  /**
   * `event`: of the person. `unreadable`: what no event can be read from. `letter`: a dead letter of the person, or one with
   * an answer or a reason that names the person. `text`: any other file, such as a command that waits, or one that the
   * journal did not write. `unsearched`: no file, such as a link or a folder of somebody else.
   */
  readonly what: 'event' | 'unreadable' | 'letter' | 'text' | 'unsearched';
}

/** Error codes for a path that is not a regular file. */
const NO_FILE = new Set<unknown>(['EISDIR', 'ELOOP', 'ENXIO', 'EFTYPE']);

/** The findings in one folder. */
export interface Traces {
  readonly places: readonly Trace[];
  /** Events of other people that hold one of the texts somewhere. */
  readonly mentions: number;
}

/** Reads every line of every file of a folder, also copies that do not count, and says where a person is named. */
export async function tracesIn(
  reader: FolderReader,
  person: Person,
  command: string | undefined,
): Promise<Traces> {
  const { folder, files } = reader;
  const places: Trace[] = [];
  let mentions = 0;
  const segments = new Set((await reader.segments()).map(({ name }) => segmentFile(name)));
  for (const name of await files.all()) {
    // Whoever carried out the erasure removes its command last.
    if (command !== undefined && name.endsWith(`/${command}.json`)) continue;
    const add = (what: Trace['what']): void =>
      void places.push({ file: `${folder.group}/${folder.origin}/${name}`, what });
    try {
      if (segments.has(name)) mentions += await searchSegment(reader, name, person, add);
      else {
        const [what, isNamed] = searchOf(name, person);
        for await (const lines of files.lines(name)) for (const line of lines) if (isNamed(line)) add(what);
      }
    } catch (error) {
      if (!NO_FILE.has(codeOf(error))) throw error;
      add('unsearched');
    }
  }
  return { places, mentions };
}

function searchOf(name: string, person: Person): [Trace['what'], (line: LogLine) => boolean] {
  if (name === DEAD_LETTERS_FILE) return ['letter', (line) => letterWithout(line, person) !== line.text];
  return ['text', ({ text }) => person.isNamedIn(text)];
}

/** Returns the number of events that only mention the person. */
async function searchSegment(
  { files }: FolderReader,
  name: string,
  person: Person,
  add: (what: Trace['what']) => void,
): Promise<number> {
  const file = await files.open(name);
  if (file === undefined) return 0;
  let mentions = 0;
  try {
    for await (const items of new SegmentStream(file).items(true)) {
      for (const item of items) {
        if (item.is === 'record') {
          if (person.isIn(item.record.json, item.record.entries)) add('event');
          else if (person.isNamedIn(item.record.json + JSON.stringify(item.record.entries ?? {}))) mentions++;
        } else if (item.is === 'damaged' || item.is === 'torn') {
          const bytes = Buffer.alloc(item.bytes);
          const read = await file.read(bytes, item.offset);
          if (person.isNamedIn(bytes.toString('utf8', 0, read))) add('unreadable');
        }
      }
    }
  } finally {
    await file.close();
  }
  return mentions;
}
