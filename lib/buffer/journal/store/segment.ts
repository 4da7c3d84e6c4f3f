import { join } from 'node:path';
import type { Reason } from '../../../event/reasons.js';
import { acknowledgementsFile, segmentFile } from '../format/file-names.js';
import { Ranges } from '../format/ranges.js';
import type { SegmentName } from '../format/file-names.js';
import type { LaneNames } from '../ownership/lane-names.js';
import { RecordOutcomes, type FinalOutcome } from './record-outcomes.js';

/** One folder of the journal: that of this process, or an adopted one. */
export class JournalFolder {
  /** Oldest first. */
  readonly segments: Segment[] = [];
  /** Some of its files could not be read. It is not removed. */
  isUnreadable = false;
  /** Names of files that the journal did not write. It is not removed if there are any. */
  unknown: readonly string[] = [];
  /** It got segments after it was read. */
  hasNew = false;
  /** It is being read. */
  isBusy = false;

  constructor(
    readonly path: string,
    /** The id of the owner that made it. */
    readonly origin: string,
    /** The names of its lanes in this process. */
    readonly names: LaneNames,
  ) {}

  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A segment was deleted. */
  remove(segment: Segment): void {
    const at = this.segments.indexOf(segment);
    if (at !== -1) this.segments.splice(at, 1);
  }
}

/** The identity of a folder. */
export type SegmentFolder = Pick<JournalFolder, 'path' | 'origin' | 'names'>;

/** One file of events, and its state in memory. */
export class Segment {
  readonly name: string;
  readonly firstSeq: number;
  readonly generation: number;
  /** As `Frame.offset`: byte ranges begin at its start. */
  readonly offset = 0;
  /** As `Frame.text`. */
  readonly text = undefined;
  /** Bytes that are completely written. */
  bytes = 0;
  /** A write to it was begun, so it may have events. */
  touched = false;
  /** Nothing is written to it any more. */
  sealed = false;
  /** Epoch milliseconds of its last event. */
  lastEventAt = 0;
  /** By lane, how many of its events are not settled; lanes without any are absent. */
  readonly pending = new Map<string, number>();
  /** Lanes that are not configured any more, and whose events were dropped. */
  readonly abandoned = new Set<string>();
  /** Outcomes that are not written yet. */
  readonly unwritten = new RecordOutcomes();
  /** By lane, the events that earlier processes settled; undefined for a segment of this process. */
  settledBefore: Map<string, Ranges> | undefined;
  /** It has events that may be in an older segment, too: the older one must be deleted first. */
  holdsAgain = false;
  /** Sequence numbers that were written again in this folder, with their last generation. */
  again: ReadonlyMap<number, number> | undefined;
  readonly #orphans = new Map<string, number>();

  constructor(
    readonly folder: JournalFolder,
    { name, firstSeq, generation }: SegmentName,
    /** It has new unwritten outcomes. */
    private readonly onSettled: (segment: Segment) => void,
  ) {
    this.name = name;
    this.firstSeq = firstSeq;
    this.generation = generation;
  }

  /** As `Frame.segment`, for an event on disk. */
  get segment(): this {
    return this;
  }

  get path(): string {
    return join(this.folder.path, segmentFile(this.name));
  }

  get acknowledgementsPath(): string {
    return join(this.folder.path, acknowledgementsFile(this.name));
  }

  /** Bytes behind these are being written, and may be written to another segment instead. */
  get readableBytes(): number {
    return this.sealed ? Infinity : this.bytes;
  }

  /** As `pending`, for lanes that are not configured. */
  get orphans(): ReadonlyMap<string, number> {
    return this.#orphans;
  }

  /** Whether all lanes have settled all events. */
  get isUnneeded(): boolean {
    return this.sealed && this.pending.size === 0 && this.#orphans.size === 0;
  }

  /** Whether in addition all outcomes are written. */
  get isDone(): boolean {
    return this.isUnneeded && this.unwritten.isEmpty;
  }

  expect(lane: string, events: number): void {
    this.pending.set(lane, (this.pending.get(lane) ?? 0) + events);
  }

  /** Does not expect events of a lane any more, because they are settled or lost. */
  forget(lane: string, events: number): void {
    const left = (this.pending.get(lane) ?? 0) - events;
    if (left > 0) this.pending.set(lane, left);
    else this.pending.delete(lane);
  }

  settle(lane: string, seq: number, outcome: FinalOutcome): void {
    this.forget(lane, 1);
    this.unwritten.add(lane, seq, outcome);
    this.onSettled(this);
  }

  /** Events of a lane that is not configured were found. */
  strand(lane: string, events: number): void {
    this.#orphans.set(lane, events);
  }

  /** Drops an event of a lane that is not configured. */
  dropOrphan(lane: string, seq: number, reason: Reason): void {
    const events = this.#orphans.get(lane);
    if (events === undefined) return;
    if (events > 1) this.#orphans.set(lane, events - 1);
    else this.#orphans.delete(lane);
    this.settle(lane, seq, { state: 'dropped', reason });
  }

  /** Drops all events of a lane that is not configured. */
  abandon(lane: string): void {
    this.#orphans.delete(lane);
    this.abandoned.add(lane);
  }

  /** An earlier process settled an event, and could not write the outcome. */
  settleBefore(lane: string, seq: number, outcome: FinalOutcome): void {
    this.unwritten.add(lane, seq, outcome);
    this.wasSettledBefore(lane, seq);
    this.onSettled(this);
  }

  /** An earlier process settled an event, and wrote the outcome. */
  wasSettledBefore(lane: string, seq: number): void {
    const settled = this.settledBefore?.get(lane) ?? new Ranges();
    settled.add(seq);
    this.settledBefore?.set(lane, settled);
  }

  /** Lanes settled events before they were written here. */
  settledEarly(early: RecordOutcomes): void {
    if (early.isEmpty) return;
    for (const lane of early.lanes) this.forget(lane, early.count(lane));
    this.unwritten.addAll(early);
    this.onSettled(this);
  }

  /** Whether an earlier process settled an event, or a later segment has it. */
  wasSettled(lane: string, seq: number): boolean {
    return this.settledBefore?.get(lane)?.has(seq) === true || this.isSuperseded(seq);
  }

  /** Whether a later segment has the event, and it counts there. */
  isSuperseded(seq: number): boolean {
    const generation = this.again?.get(seq);
    return generation !== undefined && generation > this.generation;
  }
}
