import { detached } from '../../../host/detached.js';
import { within } from '../../../host/deadline.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { CommitState, Route } from '../../event-buffer.js';
import { diskCodeOf } from '../files/absence.js';
import type { Acknowledger } from './acknowledger.js';
import { CurrentSegment } from './current-segment.js';
import { DiskState } from './disk-state.js';
import type { Environment } from './environment.js';
import type { Folders } from './folders.js';
import type { Frame } from './frame.js';
import { FrameQueue } from './frame-queue.js';
import { Grouping, type LaneSlot, rewritten } from './grouping.js';
import type { JournalLane } from './journal-lane.js';
import { OfferedEvent } from './offered-event.js';
import type { Segment } from './segment.js';

/** Bytes of frames that are written at once. Each write takes some turns of the event loop. */
const WRITE_BYTES = 2 * 1024 * 1024;

/** Calls of the writer to the journal. */
export interface WriterReports {
  /** Makes room on the disk before a write. */
  makeRoom(bytes: number): Promise<void>;
  /** The disk has no room for a write. */
  onFull(): void;
  /** The disk accepts writes again. */
  onOpen(): void;
  /** This process does not own the folder any more. */
  onLost(how: 'taken' | 'gone'): void;
}

/**
 * Writes accepted events to the disk in groups, one write at a time. While the disk rejects writes, lanes get events from memory;
 * the writer keeps their text, and writes it to a later segment with the same numbers.
 */
export class GroupWriter {
  readonly #frames = new FrameQueue();
  readonly #grouping: Grouping;
  readonly #disk: DiskState;
  readonly #current: CurrentSegment;
  /** Commits with events that are not written yet. */
  #waiters: { readonly upTo: number; readonly resolve: (state: CommitState) => void }[] = [];
  #lastSeq = 0;
  #running: Promise<void> | undefined;
  #stopped = false;
  /** The last frame that was written on the calling thread, and its end in the segment. */
  #saved: { readonly frame: Frame; readonly end: number } | undefined;

  constructor(
    private readonly env: Environment,
    folders: Folders,
    acknowledger: Acknowledger,
    private readonly lanes: ReadonlyMap<string, JournalLane>,
    private readonly reports: WriterReports,
  ) {
    const isWriting = (): boolean => this.#frames.isWriting && this.failing === undefined;
    this.#grouping = new Grouping(env, this.#frames, isWriting, (frame) => this.#take(frame));
    this.#disk = new DiskState(env.clock, (cause, isFirst) => this.#onFailing(cause, isFirst));
    this.#current = new CurrentSegment(env, folders, acknowledger, this.#disk);
  }

  /** Memory of events that are not on disk. */
  get memoryBytes(): number {
    return this.#grouping.bytes + this.#frames.memoryBytes;
  }

  /** Why the disk rejects writes; undefined while it accepts them. */
  get failing(): string | undefined {
    return this.#disk.cause;
  }

  get hasOpened(): boolean {
    return this.#current.hasOpened;
  }

  get isStalled(): boolean {
    return this.#disk.isStalled;
  }

  /** Number of the first event that no lane has; Infinity for none. */
  get firstUnexposed(): number {
    return this.#frames.firstUnexposed?.firstSeq ?? this.#grouping.firstSeq;
  }

  /** The last number that was given to an event. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Events that are not on disk. */
  get events(): number {
    return this.#grouping.events + this.#unsaved.reduce((sum, { events }) => sum + events, 0);
  }

  /** Opens the first segment, so that one is open when the process ends, and the next one if it is due. */
  tend(): void {
    if (!this.#disk.isPausing && !this.#stopped) detached(() => void this.#run());
  }

  /** Resolves when a segment is open, or the disk rejects it. */
  async ready(): Promise<void> {
    await this.#running;
  }

  /**
   * Adds an event, with the next number.
   *
   * @param resident bytes of memory that it is charged with
   * @param replay the mark of a copy
   */
  add(
    event: TrackingEvent,
    size: number,
    resident: number,
    routes: readonly Route[],
    replay?: string,
    withheld?: readonly Route[],
  ): void {
    const seq = ++this.#lastSeq;
    const since = this.env.clock.monotonic();
    this.#grouping.add(new OfferedEvent(seq, event, size, resident, since, routes, replay, withheld));
  }

  /** Writes all events that were added. */
  commit(): Promise<CommitState> {
    if (this.#isIdle) return Promise.resolve(this.failing === undefined ? 'committed' : 'buffered');
    // Not on the caller's thread, because many events may be pending.
    detached(() => this.env.clock.soon(() => this.#grouping.cutSoon()));
    if (this.failing !== undefined) return Promise.resolve('buffered');
    const upTo = this.#lastSeq;
    return new Promise((resolve) => this.#waiters.push({ upTo, resolve }));
  }

  /** Removes the oldest frame that can be given up. */
  giveUpOldest(): Frame | undefined {
    return this.#frames.giveUpOldest();
  }

  giveUpSettled(): void {
    this.#frames.giveUpSettled();
  }

  /** Writes events that lanes have in memory again, with new numbers. */
  rewrite(slots: readonly LaneSlot[]): void {
    this.#frames.pushFirst(rewritten(slots, () => ++this.#lastSeq));
    this.tend();
  }

  /** Begins a new segment, so that every event on disk is in a segment that does not change any more. */
  async seal(): Promise<void> {
    const { segment } = this.#current;
    if (segment?.touched !== true) return;
    this.#current.seal();
    await this.#run();
    // The run may have ended already.
    if (this.#current.segment === segment) await this.#run();
  }

  /** Another process owns the segment, or it is gone: its unconfirmed events are written to another one. */
  abandon(): void {
    void this.#current.close();
  }

  /** Writes until the deadline, and stops. Returns the unwritten frames. */
  async stop(timeoutMs: number): Promise<readonly Frame[]> {
    const end = this.env.clock.monotonic() + timeoutMs;
    await within(this.env.clock, timeoutMs, this.#writeRest());
    this.#stopped = true;
    this.#grouping.stop();
    this.#disk.endPause();
    await within(this.env.clock, Math.max(0, end - this.env.clock.monotonic()), this.#end());
    this.#exposeAll();
    return this.#frames.frames;
  }

  /** Writes on the calling thread, because the process ends now. Can be called again. Throws if the disk fails. */
  saveNow(): void {
    const { segment } = this.#current;
    if (segment === undefined) return;
    this.#grouping.cutAll();
    const frames = this.#unsaved;
    let at = frames.length === this.#frames.frames.length ? segment.bytes : this.#saved!.end;
    // Also the frames of the write in progress, to the same place: that write may never end.
    for (const frame of frames) {
      this.#current.writeNow(frame, at);
      at += frame.bytes;
      this.#saved = { frame, end: at };
    }
  }

  get #isIdle(): boolean {
    return this.#frames.isEmpty && this.#grouping.events === 0;
  }

  /** Number of the next event to be written. */
  get #firstSeq(): number {
    return this.#frames.frames[0]?.firstSeq ?? Math.min(this.#grouping.firstSeq, this.#lastSeq + 1);
  }

  /** Frames that are not on disk, and were not written on the calling thread. */
  get #unsaved(): readonly Frame[] {
    const { frames } = this.#frames;
    return this.#saved === undefined ? frames : frames.slice(frames.lastIndexOf(this.#saved.frame) + 1);
  }

  async #writeRest(): Promise<void> {
    await this.commit();
    this.#grouping.cutAll();
    if (this.failing === undefined || this.#isIdle) return;
    // The disk may have recovered.
    this.#disk.endPause();
    await this.#run();
  }

  async #end(): Promise<void> {
    await this.#running;
    await this.#current.close();
  }

  #take(frame: Frame): void {
    this.#frames.push(frame);
    if (this.failing !== undefined) this.#expose(frame);
    this.tend();
  }

  #run(): Promise<void> {
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      this.#grouping.cutDue();
      // Frames may have arrived between the end of the loop and this.
      if (!this.#frames.isEmpty) this.tend();
    });
    return this.#running;
  }

  async #writeAll(): Promise<void> {
    while (!this.#stopped && !this.#disk.isPausing) {
      try {
        if (this.#current.isEnding) await this.#current.next(() => this.#firstSeq);
        else if (!this.#frames.isEmpty) await this.#write();
        else {
          this.#recovered();
          return;
        }
      } catch (error) {
        this.#failed(error);
        return;
      }
      this.#grouping.cutDue();
    }
  }

  async #write(): Promise<void> {
    const segment = this.#current.segment!;
    const frames = this.#frames.batch(Math.min(WRITE_BYTES, this.#current.freeBytes));
    await this.#disk.watch(this.reports.makeRoom(frames.reduce((sum, { bytes }) => sum + bytes, 0)));
    const isCurrent = (): boolean => this.#current.segment === segment;
    // Frames or the segment may have been given up in the meantime.
    if (this.#stopped || !isCurrent() || !this.#frames.startsWith(frames)) return;
    for (const frame of frames) frame.attempt(segment);
    this.#frames.markInFlight(frames);
    try {
      await this.#current.write(frames);
      const ownership = await this.#disk.watch(this.#current.confirm(segment));
      if (!isCurrent()) return;
      if (ownership !== 'ours') {
        this.#lost(ownership, frames);
        return;
      }
    } finally {
      this.#frames.markInFlight([]);
    }
    for (const frame of frames) this.#written(frame, segment);
    this.#recovered();
    this.#answerWritten();
  }

  #written(frame: Frame, segment: Segment): void {
    this.#frames.remove(frame);
    frame.written(segment, this.env.clock.now());
    if (!frame.exposed) this.#expose(frame);
  }

  /** Another process may send the events of the folder now: they are committed only when they are in a new folder. */
  #lost(how: 'taken' | 'gone' | 'stale', frames: readonly Frame[]): void {
    // The new owner probably read the folder before this write, and would find the events only after its next start.
    if (how === 'taken') this.#current.blank(frames);
    this.abandon();
    if (how !== 'stale') this.reports.onLost(how);
  }

  #expose(frame: Frame): void {
    frame.exposed = true;
    for (const lane of frame.lanes.keys()) this.lanes.get(lane)!.expose(frame);
    this.#frames.releaseObjects(frame);
  }

  #exposeAll(): void {
    for (const frame of this.#frames.frames) {
      if (!frame.exposed) this.#expose(frame);
    }
  }

  #failed(error: unknown): void {
    const code = diskCodeOf(error);
    if (code === undefined) this.env.log.internalError('writing to the journal', error);
    void this.#current.fail();
    this.#disk.fail(code ?? 'ERROR');
    if (!this.#stopped) this.#disk.retryLater(() => void this.#run());
  }

  #onFailing(cause: string, isFirst: boolean): void {
    if (isFirst) this.#report('failing', cause);
    if (cause === 'ENOSPC' || cause === 'EDQUOT') this.reports.onFull();
    this.#exposeAll();
    this.#answer(Infinity, 'buffered');
    this.#grouping.cutSoon();
  }

  #recovered(): void {
    if (!this.#disk.recover()) return;
    this.#report('open', undefined);
    this.reports.onOpen();
  }

  #report(state: 'failing' | 'open', cause: string | undefined): void {
    const { setup, options, files } = this.env;
    setup.onState(state, cause, { directory: options.directory, user: files.user() });
  }

  /** Resolves the commits whose events are all written. */
  #answerWritten(): void {
    if (this.#waiters.length === 0) return;
    const first = this.#frames.frames.reduce(
      (least, { firstSeq }) => Math.min(least, firstSeq),
      this.#grouping.firstSeq,
    );
    this.#answer(first - 1, 'committed');
  }

  /** Resolves the commits without an event after this number. */
  #answer(upTo: number, state: CommitState): void {
    const answered = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of answered) resolve(state);
  }
}
