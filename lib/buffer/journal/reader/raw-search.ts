import type { FolderReader } from './folder-reader.js';

const CHUNK_BYTES = 1_048_576;

/** A place in a file where a text stands. */
export interface RawHit {
  readonly folder: string;
  readonly file: string;
  readonly offset: number;
}

/** Members of an event that name a person. */
const PEOPLE = ['userId', 'anonymousId', 'previousId'];

/** What a person's ids look like in the bytes of a journal: as an event has them, and within a text that quotes an event. */
export function personTexts(ids: readonly string[]): string[] {
  return ids.flatMap((id) =>
    PEOPLE.flatMap((member) => {
      const plain = `"${member}":${JSON.stringify(id)}`;
      return [plain, JSON.stringify(plain).slice(1, -1)];
    }),
  );
}

/**
 * Looks for texts in all bytes of a folder's files, whatever they mean: finds also what no other reading would, such as the
 * rest of a damaged line.
 */
export async function* rawHits(reader: FolderReader, texts: readonly string[]): AsyncGenerator<RawHit> {
  const needles = texts.map((text) => Buffer.from(text));
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1));
  const folder = `${reader.folder.group}/${reader.folder.origin}`;
  for (const name of await reader.files.list()) {
    if (!name.includes('.jsonl')) continue;
    const file = await reader.files.open(name);
    if (file === undefined) continue;
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES + overlap);
      let kept = 0;
      for (let at = 0; ;) {
        const read = await file.read(chunk.subarray(kept, kept + CHUNK_BYTES), at);
        if (read === 0) break;
        const held = chunk.subarray(0, kept + read);
        for (const needle of needles) {
          // What ends within the bytes that were kept was found before.
          const found = held.indexOf(needle, Math.max(0, kept - needle.length + 1));
          if (found !== -1) yield { folder, file: name, offset: at - kept + found };
        }
        at += read;
        const keep = Math.min(overlap, held.length);
        held.copy(chunk, 0, held.length - keep);
        kept = keep;
      }
    } finally {
      await file.close();
    }
  }
}
