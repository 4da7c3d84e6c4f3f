import { codeOf, unlessAbsent } from '../files/absence.js';
import type { HistoryLine } from '../format/history-line.js';
import { journalMessages } from '../journal.messages.js';
import { unlessDiskFails } from './environment.js';
import { historyName, historyOf } from './history.js';
import { letterEnds } from './letter-file.js';
import type { Segment } from './segment.js';
import type { JournalStore } from './journal-store.js';

const DAY_MS = 86_400_000;
/** Segments that are deleted in one round, at most. */
const MAX_IN_A_ROUND = 16;
/** After so many failed rounds in a row, about a minute, a segment is deleted without being read. No other file has its keys. */
const MAX_FAILURES = 60;

/**
 * Deletes segments when all their events are settled and `retain` allows it. Their counts and keys are added to the history first.
 * After a crash at any point, the next process repeats the rest.
 */
export class Retention {
  readonly #deleting = new Map<Segment, Promise<void>>();
  /** Failed reads in a row. */
  readonly #failures = new WeakMap<Segment, number>();

  constructor(private readonly store: JournalStore) {}

  /** Deletes segments beyond `retain`. Rejects with the first error, after all were tried. */
  async tidy(): Promise<void> {
    const { clock, options, histories, folders } = this.store;
    const { retain } = options;
    await histories.addPostponed();
    const now = clock.now();
    const oldest = now - retain.days * DAY_MS;
    // After the clock was set back, the age of a segment begins now.
    for (const { segments } of folders.all) {
      for (const segment of segments) segment.lastEventAt = Math.min(segment.lastEventAt, now);
    }
    this.#abandonOrphans(oldest);
    const done = this.#done(({ isDone }) => isDone);
    let bytes = done.reduce((sum, segment) => sum + segment.bytes, 0);
    const due: Segment[] = [];
    for (const segment of done) {
      if (bytes <= retain.bytes && segment.lastEventAt >= oldest) continue;
      bytes -= segment.bytes;
      due.push(segment);
    }
    await this.#deleteAll(due.slice(0, MAX_IN_A_ROUND));
  }

  /**
   * Deletes settled segments, oldest first, until so many bytes are free, also if there is no room to write their outcomes. Returns
   * the freed bytes.
   */
  async freeUp(wanted: number): Promise<number> {
    let freed = 0;
    for (const segment of this.#done(({ isUnneeded }) => isUnneeded)) {
      if (freed >= wanted) break;
      // A failure does not stop the others.
      await unlessDiskFails(this.store.log, 'deleting a segment', async () => {
        await this.#delete(segment, true);
        freed += segment.bytes;
      });
    }
    return freed;
  }

  #done(which: (segment: Segment) => boolean): Segment[] {
    return this.store.folders.all
      .flatMap(({ segments, isUnreadable }) =>
        // Without the copy of an event, the older segment's record would count: the older segment is deleted first.
        segments.filter(
          (segment, i) => which(segment) && (!segment.holdsAgain || (i === 0 && !isUnreadable)),
        ),
      )
      .sort((a, b) => a.lastEventAt - b.lastEventAt);
  }

  /**
   * Drops pending events of destinations that are not configured when they are older than `retain.days`. Events of a changed
   * account stay: the user decides.
   */
  #abandonOrphans(oldest: number): void {
    const { folders, log } = this.store;
    const dropped = new Map<string, number>();
    for (const { segments, names } of folders.all) {
      for (const segment of segments) {
        if (segment.lastEventAt >= oldest) continue;
        for (const [lane, events] of segment.orphans) {
          if (names.strangers.get(lane)?.reason === 'account_changed') continue;
          segment.abandon(lane);
          dropped.set(lane, (dropped.get(lane) ?? 0) + events);
        }
      }
    }
    for (const [lane, events] of dropped) {
      log.limited('warn', `lane_removed ${lane}`, () => journalMessages.laneRemoved(lane, events));
    }
  }

  async #deleteAll(segments: readonly Segment[]): Promise<void> {
    const errors: unknown[] = [];
    for (const segment of segments) {
      try {
        await this.#delete(segment, false);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** A round and a full disk may delete the same segment at the same time. */
  #delete(segment: Segment, forRoom: boolean): Promise<void> {
    let deleting = this.#deleting.get(segment);
    if (deleting === undefined) {
      deleting = this.#deleteOne(segment, forRoom).finally(() => this.#deleting.delete(segment));
      this.#deleting.set(segment, deleting);
    }
    return deleting;
  }

  async #deleteOne(segment: Segment, forRoom: boolean): Promise<void> {
    const { files, acknowledger } = this.store;
    const { folder } = segment;
    await acknowledger.forget(segment);
    const record = (): Promise<void> => this.#record(segment, forRoom);
    // On a full disk, room is more important than the history.
    await (forRoom ? unlessDiskFails(this.store.log, 'recording a segment', record) : record());
    await unlessAbsent(files.remove(segment.path));
    // After the removal is on disk: a segment without its outcomes would be sent again.
    await files.syncFolder(folder.path);
    await unlessAbsent(files.remove(segment.acknowledgementsPath));
    folder.remove(segment);
  }

  async #record(segment: Segment, forRoom: boolean): Promise<void> {
    const { files, clock, setup, histories } = this.store;
    const { folder } = segment;
    // A crash after this step left the segment.
    if (await histories.has(folder, historyName(segment))) return;
    let lines: readonly HistoryLine[];
    try {
      const oldest = clock.now() - setup.maxKeyAgeMs;
      lines = await historyOf(segment, oldest, await letterEnds(files, folder), files);
    } catch (error) {
      const failures = (this.#failures.get(segment) ?? 0) + 1;
      this.#failures.set(segment, failures);
      // The failure may be temporary.
      if (forRoom || (failures < MAX_FAILURES && codeOf(error) !== 'ENOENT')) throw error;
      return;
    }
    try {
      await histories.add(folder, lines);
    } catch (error) {
      if (!forRoom) throw error;
      histories.postpone(folder, lines);
    }
  }
}
