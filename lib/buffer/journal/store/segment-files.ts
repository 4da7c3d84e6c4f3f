import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { Files, OpenFile } from '../files/files.js';
import { segmentName } from '../format/segment-name.js';
import type { Fsync } from '../options/journal-options.js';
import { unlessAbsent } from '../files/absence.js';
import type { Ownership } from '../ownership/owner-folder.js';
import type { Acknowledger } from './acknowledger.js';
import { unlessDiskFails } from './disk-failures.js';
import type { Folders } from './folders.js';
import { Segment } from './segment.js';

/** A segment and its open file. */
export interface OpenSegment {
  readonly segment: Segment;
  readonly file: OpenFile;
}

/** Makes the segments of this process. */
export class SegmentFiles {
  /** Whether a segment was ever opened. */
  hasOpened = false;

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly fsync: Fsync,
    private readonly folders: Folders,
    private readonly acknowledger: Acknowledger,
  ) {}

  /**
   * Makes a segment, and the folder if it does not exist.
   *
   * @param firstSeq called when the folder exists
   */
  async open(firstSeq: () => number, generation: number): Promise<OpenSegment> {
    const folder = await this.folders.open();
    const first = firstSeq();
    const segment = new Segment(folder, segmentName(first, generation), first, generation, (settled) =>
      this.acknowledger.mark(settled),
    );
    const file = await this.files.open(segment.path, this.fsync === 'group' ? 'createSynced' : 'create');
    try {
      if (this.fsync !== 'off') await this.files.syncFolder(folder.path);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    folder.segments.push(segment);
    segment.lastEventAt = this.clock.now();
    this.hasOpened = true;
    return { segment, file };
  }

  /** Whether this process still owns the folder of a segment; `stale` if it has another folder now. */
  confirm(segment: Segment): Promise<Ownership | 'stale'> {
    return segment.folder === this.folders.own ? this.folders.confirm() : Promise.resolve('stale');
  }

  /** Removes a segment without events. If that fails, it stays. */
  async discard(segment: Segment): Promise<void> {
    const isGone = await unlessDiskFails(this.log, 'removing an empty segment', async () => {
      await unlessAbsent(this.files.remove(segment.path));
      return true;
    });
    if (isGone !== true) return;
    for (const { segments } of this.folders.all) {
      if (segments.includes(segment)) segments.splice(segments.indexOf(segment), 1);
    }
  }
}
