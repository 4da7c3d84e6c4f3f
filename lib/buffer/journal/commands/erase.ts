import { join } from 'node:path';
import { unlessAbsent } from '../files/absence.js';
import { DAMAGED_FILE } from '../format/file-names.js';
import { Tally, type CommandCounts, type ErasePayload } from '../query/command-payloads.js';
import { PersonToErase } from '../query/person-to-erase.js';
import type { JournalLane } from '../store/journal-lane.js';
import type { JournalSlot } from '../store/journal-slot.js';
import type { Segment } from '../store/segment.js';
import { commandMessages } from './commands.messages.js';
import { findInSegment, overwrite, type PersonTraces } from './erase-segment.js';
import { CommandRefused, type Execution } from './execution.js';

/** How long the command waits for events that are being sent. In an outage they may be retried for hours. */
const LEASED_MS = 5_000;
const POLL_MS = 100;
/** Limits the passes for events about the person that are accepted in the meantime. */
const MAX_PASSES = 3;

/**
 * Removes every trace of a person from all folders that we hold, from memory and from disk, until a pass finds no more. It is
 * repeated as a whole after a crash. Acknowledgements stay: they hold numbers. The command line proves the result: it reads all
 * files again.
 */
export async function erase(execution: Execution, payload: ErasePayload): Promise<CommandCounts> {
  const { userIds, anonymousIds, properties } = payload;
  const counts = await new Erasure(execution, new PersonToErase(payload)).run();
  // No ids if only a property identifies the person.
  execution.work.setup.onErased?.(properties.length > 0 ? undefined : [...userIds, ...anonymousIds]);
  return counts;
}

/** The erasure of one person. */
class Erasure {
  /** By id, the lanes of the erased events: each counts once, however often it was written. */
  readonly #erased = new Map<string, Set<string>>();
  /** The number of their records and letters. */
  #found = 0;
  readonly #deadline: number;

  constructor(
    private readonly execution: Execution,
    private readonly person: PersonToErase,
  ) {
    this.#deadline = execution.work.clock.monotonic() + LEASED_MS;
  }

  async run(): Promise<CommandCounts> {
    const { writer, folders, acknowledger } = this.execution.work;
    let before: number;
    let passes = 0;
    do {
      before = this.#found;
      // Also folders that were adopted in the meantime.
      await this.execution.untilRead();
      // Events that are only in memory would not be found, and would be written later.
      if ((await writer.commit()) !== 'committed') {
        throw new CommandRefused(commandMessages.diskFails(writer.failing ?? 'ERROR'));
      }
      for (const segment of folders.all.flatMap(({ segments }) => segments)) await this.#eraseFrom(segment);
      await this.#eraseLetters();
      await acknowledger.write();
    } while (this.#found !== before && ++passes < MAX_PASSES);
    const tally = new Tally();
    for (const lanes of this.#erased.values()) tally.add(lanes);
    return tally.counts;
  }

  /** Waits until no lane is sending a person's events of a segment, but not beyond the deadline. Then erases them. */
  async #eraseFrom(segment: Segment): Promise<void> {
    while (!(await this.#whilePaused((lanes) => this.#eraseUnlessSent(segment, lanes)))) {
      await this.execution.pause(POLL_MS);
    }
  }

  /** Runs work while no lane reads from the disk, so that each event of a lane stays in memory or on disk. */
  async #whilePaused<T>(work: (lanes: readonly JournalLane[]) => Promise<T>): Promise<T> {
    const lanes = [...this.execution.work.lanes.values()];
    try {
      for (const lane of lanes) await lane.pause();
      return await work(lanes);
    } finally {
      for (const lane of lanes) lane.resume();
    }
  }

  /** @returns false if a lane is sending some of the events */
  async #eraseUnlessSent(segment: Segment, lanes: readonly JournalLane[]): Promise<boolean> {
    const { clock } = this.execution.work;
    const traces = await findInSegment(this.execution, segment, this.person);
    // One lane's entry does not have the ids by which another lane's entry names the person.
    const isOf = (slot: JournalSlot): boolean =>
      slot.home.segment === segment && (traces.records.has(slot.seq) || this.person.isInHeld(slot));
    for (const lane of lanes) {
      if (segment.pending.has(lane.name)) lane.dropReady(isOf, 'erased');
    }
    if (lanes.some((lane) => lane.isLeased(isOf))) {
      if (clock.monotonic() < this.#deadline) return false;
      // A request that is being sent may still deliver them.
      for (const lane of lanes) lane.dropLeased(isOf, 'erased');
    }
    await this.#eraseOnDisk(segment, traces);
    return true;
  }

  /** Drops the events that lanes have on disk only, also those of lanes that are not configured. */
  async #eraseOnDisk(segment: Segment, { records, places }: PersonTraces): Promise<void> {
    const { lanes } = this.execution.work;
    for (const record of records.values()) {
      for (const name of record.lanes) {
        if (segment.wasSettled(name, record.seq)) continue;
        const lane = lanes.get(name);
        if (lane === undefined) segment.dropOrphan(name, record.seq, 'erased');
        else lane.dropUnread(record, segment, 'erased');
      }
      this.#note(record.id, record.lanes);
    }
    if (places.length > 0) await overwrite(this.execution, segment, places);
  }

  /** Removes the dead letters from memory and from every file, also those of lanes that are not configured. */
  async #eraseLetters(): Promise<void> {
    const { lanes, letters, folders, files, setup } = this.execution.work;
    for await (const { kept, letter } of letters.read(lanes.keys())) {
      const { event, lane, entry } = letter;
      if (!this.#erased.has(event.id) && !this.person.isInHeld({ event, entry })) continue;
      letters.remove(kept, 'erased');
      lanes.get(lane)!.dropLetters('erased');
      this.#note(event.id, [lane]);
      setup.onDropped({ event }, lane, 'erased', false);
    }
    for (const folder of folders.all) {
      await letters.purge(folder, (line) => this.person.letterWithout(line, (id) => this.#erased.has(id)));
      // Earlier versions copied damaged lines to this file.
      await unlessAbsent(files.remove(join(folder.path, DAMAGED_FILE)));
    }
  }

  #note(id: string, lanes: readonly string[]): void {
    this.#found++;
    this.#erased.set(id, new Set([...(this.#erased.get(id) ?? []), ...lanes]));
  }
}
