import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scanSegment } from '../../lib/buffer/journal/format/segment-scan.js';

/** An event that is in a journal's files. */
export interface WrittenEvent {
  readonly id: string;
  /** The number that the test gave it, its property `n`. */
  readonly n: number;
  readonly lanes: readonly string[];
}

/** Every folder of a journal's directory, of any owner: `<group>/<name>`. */
export function foldersOf(directory: string): string[] {
  return namesIn(directory).flatMap((group) =>
    namesIn(join(directory, group)).map((name) => `${group}/${name}`),
  );
}

/** Every event with an intact line in a segment, of any writer. No process may change the files during it. */
export function writtenEvents(directory: string): WrittenEvent[] {
  const written: WrittenEvent[] = [];
  for (const folder of foldersOf(directory)) {
    for (const name of namesIn(join(directory, folder)).filter((file) => file.endsWith('.jsonl'))) {
      // The logs beside the segments have lines of another kind.
      if (!/^\d/.test(name)) continue;
      for (const item of scanSegment(readFileSync(join(directory, folder, name)), 0, true).items) {
        if (item.is !== 'record') continue;
        const { id, json, lanes } = item.record;
        const { properties } = JSON.parse(json) as { properties: { n?: number } };
        written.push({ id, n: properties.n ?? -1, lanes });
      }
    }
  }
  return written;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
