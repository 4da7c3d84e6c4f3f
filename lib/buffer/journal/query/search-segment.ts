import type { OpenFile } from '../files/files.js';
import { SegmentStream } from '../files/segment-stream.js';
import type { ReadRecord } from '../format/record.js';
import type { PersonToErase } from './person-to-erase.js';

/** A group of lines of a segment, by whether they are about a person. */
export interface SearchedLines {
  readonly ofPerson: readonly ReadRecord[];
  readonly ofOthers: readonly ReadRecord[];
  /** Places that name the person, and from which no event can be read. */
  readonly unreadable: readonly { readonly offset: number; readonly bytes: number }[];
}

/** Looks for a person in every line of an open segment, also in superseded lines. */
export async function* searchSegment(
  file: OpenFile,
  person: PersonToErase,
  to?: number,
): AsyncGenerator<SearchedLines> {
  for await (const items of new SegmentStream(file).items(true, to)) {
    const found = { ofPerson: [] as ReadRecord[], ofOthers: [] as ReadRecord[], unreadable: [] as Place[] };
    for (const item of items) {
      if (item.is === 'record') {
        const isOf = person.isIn(item.record.json, item.record.entries);
        (isOf ? found.ofPerson : found.ofOthers).push(item.record);
      } else if (item.is === 'damaged' || item.is === 'torn') {
        const text = (await bytesAt(file, item)).toString();
        if (person.isNamedIn(text)) found.unreadable.push(item);
      }
    }
    yield found;
  }
}

type Place = SearchedLines['unreadable'][number];

export async function bytesAt(file: OpenFile, { offset, bytes }: Place): Promise<Buffer> {
  const read = Buffer.alloc(bytes);
  return read.subarray(0, await file.read(read, offset));
}
