import { join } from 'node:path';
import type { Acknowledgement } from '../format/acknowledgement.js';
import { acknowledgementsFile, segmentFile } from '../format/file-names.js';
import { Ranges } from '../format/ranges.js';
import type { LaneNames } from '../ownership/lane-names.js';
import { Outcomes, type Outcome } from './outcomes.js';

/** What a segment knows of the folder that it is in. */
export interface SegmentFolder {
  readonly path: string;
  /** Who wrote it. */
  readonly origin: string;
  /** What its lanes are called here. */
  readonly names: LaneNames;
}

/** One file of events, and what is known of it without reading it. */
export class Segment {
  /** Bytes that are known to be good. */
  bytes = 0;
  /** A write to it was begun: whatever came of it, there may be something in it. */
  touched = false;
  /** Nothing is written to it any more. */
  sealed = false;
  /** Epoch milliseconds of its last event. */
  lastEventAt = 0;
  /** By lane, how many of its events are not settled; lanes without any are absent. */
  readonly pending = new Map<string, number>();
  /** The same for lanes that are not configured. */
  readonly orphans = new Map<string, number>();
  /** Lanes that are not configured any more, and were waited for long enough. */
  readonly abandoned = new Set<string>();
  /** What became of its events, and is not in its acknowledgements yet. */
  readonly unwritten = new Outcomes();
  /** What earlier lives settled, by lane; only where it was found on disk. */
  settledBefore: Map<string, Ranges> | undefined;
  /** It holds events that may be in an older one, too: that one has to go first. */
  holdsAgain = false;
  /** Sequence numbers that were written again in this folder, and the last generation that has them. */
  again: ReadonlyMap<number, number> | undefined;

  constructor(
    readonly folder: SegmentFolder,
    readonly name: string,
    readonly firstSeq: number,
    readonly generation: number,
    private readonly onEnd: (segment: Segment) => void,
  ) {}

  /** As `Frame.segment`: the segment that has the event on disk. */
  get segment(): this {
    return this;
  }

  get path(): string {
    return join(this.folder.path, segmentFile(this.name));
  }

  get acknowledgementsPath(): string {
    return join(this.folder.path, acknowledgementsFile(this.name));
  }

  /** What is behind it is being written, and may yet be written elsewhere. */
  get readableBytes(): number {
    return this.sealed ? Infinity : this.bytes;
  }

  /** Whether every lane is done with every event. */
  get isUnneeded(): boolean {
    return this.sealed && this.pending.size === 0 && this.orphans.size === 0;
  }

  /** The same, and it is known on disk. */
  get isDone(): boolean {
    return this.isUnneeded && this.unwritten.isEmpty;
  }

  expect(lane: string, events: number): void {
    this.pending.set(lane, (this.pending.get(lane) ?? 0) + events);
  }

  /** Events of a lane that cannot be read, or are gone with their file: nobody is ever done with them. */
  forget(lane: string, events: number): void {
    const left = (this.pending.get(lane) ?? 0) - events;
    if (left > 0) this.pending.set(lane, left);
    else this.pending.delete(lane);
  }

  settle(lane: string, seq: number, end: Outcome): void {
    this.forget(lane, 1);
    this.unwritten.add(lane, seq, end);
    this.onEnd(this);
  }

  /** An earlier life was done with an event, and could not say so. */
  settleBefore(lane: string, seq: number, end: Outcome): void {
    this.unwritten.add(lane, seq, end);
    this.wasSettledBefore(lane, seq);
    this.onEnd(this);
  }

  /** An earlier life was done with an event, and said so. */
  wasSettledBefore(lane: string, seq: number): void {
    const settled = this.settledBefore?.get(lane) ?? new Ranges();
    settled.add(seq);
    this.settledBefore?.set(lane, settled);
  }

  /** What lanes were done with before it was here. */
  settledEarly(acknowledgements: readonly Acknowledgement[]): void {
    if (acknowledgements.length === 0) return;
    this.unwritten.addAll(acknowledgements);
    this.onEnd(this);
  }

  /** Whether an earlier life was done with it. */
  wasSettled(lane: string, seq: number): boolean {
    return this.settledBefore?.get(lane)?.has(seq) === true || this.isSuperseded(seq);
  }

  /** Whether a later segment holds an event again, and it counts there. */
  isSuperseded(seq: number): boolean {
    const generation = this.again?.get(seq);
    return generation !== undefined && generation > this.generation;
  }
}
