import type { OpenFile } from '../files/files.js';
import { segmentName } from '../format/segment-name.js';
import { unlessAbsent } from '../files/absence.js';
import type { Ownership } from '../ownership/owner-folder.js';
import type { Acknowledger } from './acknowledger.js';
import { unlessDiskFails } from './disk-failures.js';
import type { Environment } from './environment.js';
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
    private readonly env: Environment,
    private readonly folders: Folders,
    private readonly acknowledger: Acknowledger,
  ) {}

  /**
   * Makes a segment, and the folder if it does not exist.
   *
   * @param firstSeq called when the folder exists
   */
  async open(firstSeq: () => number, generation: number): Promise<OpenSegment> {
    const { files, clock, log, options } = this.env;
    const folder = await this.folders.open();
    const first = firstSeq();
    const segment = new Segment(folder, segmentName(first, generation), first, generation, (settled) =>
      this.acknowledger.mark(settled),
    );
    const file = await files.open(segment.path, options.fsync === 'group' ? 'createSynced' : 'create');
    try {
      if (options.fsync !== 'off') await files.syncFolder(folder.path);
    } catch (error) {
      await unlessDiskFails(log, 'closing a segment', () => file.close());
      throw error;
    }
    folder.segments.push(segment);
    segment.lastEventAt = clock.now();
    this.hasOpened = true;
    return { segment, file };
  }

  /** Whether this process still owns the folder of a segment; `stale` if it has another folder now. */
  confirm(segment: Segment): Promise<Ownership | 'stale'> {
    return segment.folder === this.folders.own ? this.folders.confirm() : Promise.resolve('stale');
  }

  /** Removes a segment without events. If that fails, it stays. */
  async discard(segment: Segment): Promise<void> {
    const isGone = await unlessDiskFails(this.env.log, 'removing an empty segment', async () => {
      await unlessAbsent(this.env.files.remove(segment.path));
      return true;
    });
    if (isGone !== true) return;
    for (const { segments } of this.folders.all) {
      if (segments.includes(segment)) segments.splice(segments.indexOf(segment), 1);
    }
  }
}
