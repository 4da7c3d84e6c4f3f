import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { damagedText, encodeDamagedLine, parseDamagedLines } from '../format/damaged-line.js';
import { journalMessages } from '../journal.messages.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { Segment, SegmentFolder } from './segment.js';
import { withoutLines } from './without-lines.js';

export const DAMAGED_FILE = 'damaged.jsonl';

/** Lines that cannot be read: counted, said once for each segment, and set aside beside it. */
export class DamagedLines {
  count = 0;
  readonly #known = new Set<string>();
  /** Of each folder, what is in its file. */
  readonly #files = new Map<SegmentFolder, Promise<void>>();

  constructor(
    private readonly disk: Files,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  add(segment: Segment, offset: number, bytes: number, text: Uint8Array): void {
    const key = `${segment.folder.origin} ${segment.name} ${offset}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.count++;
    this.log.warnOnce(`damaged ${segment.path}`, () => journalMessages.damaged(segment.path));
    const line = encodeDamagedLine({
      segment: segment.name,
      offset,
      bytes,
      at: this.clock.now(),
      text: damagedText(text),
    });
    const before = this.#files.get(segment.folder) ?? Promise.resolve();
    this.#files.set(
      segment.folder,
      before.then(() => this.#setAside(segment, offset, line)),
    );
  }

  /**
   * Takes lines out of a folder's file, for good. Rejects where the disk fails.
   *
   * @param keeps whether a line stays
   */
  async purge(folder: SegmentFolder, keeps: (line: string) => boolean): Promise<void> {
    const before = this.#files.get(folder) ?? Promise.resolve();
    const purging = before.then(() => withoutLines(this.disk, join(folder.path, DAMAGED_FILE), keeps));
    this.#files.set(
      folder,
      purging.catch(() => undefined),
    );
    await purging;
  }

  /** Never rejects: what cannot be set aside is still in its segment. */
  async #setAside({ folder, name }: Segment, offset: number, line: string): Promise<void> {
    const path = join(folder.path, DAMAGED_FILE);
    try {
      const known = parseDamagedLines((await unlessAbsent(this.disk.readText(path))) ?? '').lines;
      // An earlier life found it, too.
      if (known.some((other) => other.segment === name && other.offset === offset)) return;
      const file = await this.disk.open(path, 'append');
      try {
        await file.write(Buffer.from(`\n${line}`), 0);
      } finally {
        await file.close();
      }
    } catch {
      // Its segment says it, too.
    }
  }
}
