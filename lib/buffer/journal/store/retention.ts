import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { parseDeadLetters } from '../format/dead-letter-line.js';
import type { GoneLetterLine } from '../format/dead-letter-line.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { Acknowledger } from './acknowledger.js';
import { DEAD_LETTERS_FILE } from './dead-letters.js';
import { historyName, historyOf } from './history.js';
import type { LetterEnds } from './history.js';
import type { JournalFolder } from './journal-folder.js';
import type { Segment } from './segment.js';

const DAY_MS = 86_400_000;
export const HISTORY_FILE = 'history.jsonl';

/** What retention works with. */
export interface RetentionSetup {
  readonly files: Files;
  readonly clock: Clock;
  readonly acknowledger: Acknowledger;
  readonly retain: { readonly days: number; readonly bytes: number };
  readonly maxKeyAgeMs: number;
  /** All folders that we hold, the oldest first. */
  folders(): readonly JournalFolder[];
}

/**
 * Deletes segments, each whole, once every lane is done with all of it and it was kept for long enough. What it held is
 * counted in the history first; and a crash at any point in between repeats the rest.
 */
export class Retention {
  constructor(private readonly setup: RetentionSetup) {}

  /** Deletes what is past its time, or beyond the bytes that are kept. */
  async tidy(): Promise<void> {
    const { clock, retain } = this.setup;
    const done = this.#done();
    const oldest = clock.now() - retain.days * DAY_MS;
    let bytes = done.reduce((sum, segment) => sum + segment.bytes, 0);
    for (const segment of done) {
      if (bytes <= retain.bytes && segment.lastEventAt >= oldest) continue;
      bytes -= segment.bytes;
      await this.#delete(segment);
    }
  }

  /** Deletes what was only kept to be looked at, oldest first, until so many bytes are free; returns how many are. */
  async freeUp(wanted: number): Promise<number> {
    let freed = 0;
    for (const segment of this.#done()) {
      if (freed >= wanted) break;
      await this.#delete(segment, true);
      freed += segment.bytes;
    }
    return freed;
  }

  #done(): Segment[] {
    return this.setup
      .folders()
      .flatMap(({ segments }) => segments)
      .filter(({ isDone }) => isDone)
      .sort((a, b) => a.lastEventAt - b.lastEventAt);
  }

  async #delete(segment: Segment, forRoom = false): Promise<void> {
    const { files, acknowledger } = this.setup;
    const { folder } = segment;
    await acknowledger.forget(segment);
    await this.#record(segment).catch((error: unknown) => {
      // On a full disk room comes before a record of what was sent.
      if (!forRoom) throw error;
    });
    await unlessAbsent(files.remove(segment.path));
    // The acknowledgements go only once the segment is surely gone: it would be sent again without them.
    await files.syncFolder(folder.path);
    await unlessAbsent(files.remove(segment.acknowledgementsPath));
    for (const { segments } of this.setup.folders()) {
      const at = segments.indexOf(segment);
      if (at !== -1) segments.splice(at, 1);
    }
  }

  async #letterEnds(): Promise<LetterEnds> {
    const ends = new Map<string, GoneLetterLine['as']>();
    for (const { path } of this.setup.folders()) {
      const text = (await unlessAbsent(this.setup.files.readText(join(path, DEAD_LETTERS_FILE)))) ?? '';
      for (const line of parseDeadLetters(text).lines) {
        if ('gone' in line) ends.set(`${line.lane} ${line.gone}`, line.as);
        else ends.delete(`${line.lane} ${line.event.id}`);
      }
    }
    return ends;
  }

  async #record(segment: Segment): Promise<void> {
    const { files, clock, maxKeyAgeMs } = this.setup;
    const path = join(segment.folder.path, HISTORY_FILE);
    const known = (await unlessAbsent(files.readText(path))) ?? '';
    // A crash came between this and the removal the last time.
    if (known.includes(`"segment":${JSON.stringify(historyName(segment))}`)) return;
    let text: string;
    try {
      text = await historyOf(segment, clock.now() - maxKeyAgeMs, await this.#letterEnds(), files);
    } catch {
      // It cannot be read any more, so nothing can be said of it; that is no reason to keep it for ever.
      return;
    }
    const file = await files.open(path, 'append');
    try {
      await file.write(Buffer.from(text), 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
