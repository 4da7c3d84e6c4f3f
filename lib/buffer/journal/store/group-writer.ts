import type { Clock, Timer } from '../../../host/clock.js';
import { deadline } from '../../../host/deadline.js';
import { detached } from '../../../host/detached.js';
import type { CommitState } from '../../event-buffer.js';
import type { OpenFile } from '../files/files.js';
import { codeOf } from '../ownership/absence.js';
import type { Ownership } from '../ownership/owner-folder.js';
import type { Frame } from './frame.js';
import { FRAME_BYTES, FrameCutter } from './frame-cutter.js';
import type { Held } from './held.js';
import { rewritten } from './rewritten.js';
import type { LaneSlot } from './rewritten.js';
import type { Segment } from './segment.js';

/** The longest that an event waits for company before it is written. */
const GROUP_MS = 15;
/** Events that are serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** Bytes of frames that are written at once, where several wait: each write takes turns of the event loop, however long it is. */
const WRITE_BYTES = 2 * 1024 * 1024;
/** Memory for events as objects that are not serialised yet; beyond it the caller's own thread serialises the oldest. */
const HOT_BYTES = 2 * 1024 * 1024;
/** Events that are serialised at once there. */
const HOT_SLICE = 64;
/** Memory for events that stay objects until their frame is on disk. */
const HELD_BYTES = 16 * 1024 * 1024;
/** A write that takes longer counts as failing until it ends. */
const STALL_MS = 2_000;
const STALLED = 'ETIMEDOUT';
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** A segment that is written, and its file. */
export interface OpenSegment {
  readonly segment: Segment;
  readonly file: OpenFile;
}

/** What the writer works with. */
export interface GroupWriterSetup {
  readonly clock: Clock;
  /** Bytes at which a segment is sealed, and milliseconds. */
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** A number that no event of ours has. */
  nextSeq(): number;
  /** Makes a new segment, and the folder where there is none. `firstSeq` is asked at the last moment. */
  openSegment(firstSeq: () => number, generation: number): Promise<OpenSegment>;
  /** Nothing that counts was ever written to this segment. Never rejects. */
  discard(segment: Segment): Promise<void>;
  /** Whether what was just written to this segment is still in a folder of ours; `stale` where that is another one now. */
  confirm(segment: Segment): Promise<Ownership | 'stale'>;
  /** The folder is not ours any more. */
  onLost(how: 'taken' | 'gone'): void;
  /** Before a frame is written: room on the disk, within the bound that was set. */
  makeRoom(bytes: number): Promise<void>;
  /** Lanes may have the events of a frame. */
  expose(frame: Frame): void;
  /** An attempt to write failed, or takes too long. */
  onFailure(cause: string): void;
  onState(state: 'failing' | 'open', cause: string | undefined): void;
}

/**
 * Brings accepted events to the disk, in groups: one write at a time, and what arrives meanwhile joins the next. Where the
 * disk takes nothing it lets the lanes have the events from memory, keeps the text of what is not on disk, and writes it
 * again, under the same numbers, as soon as the disk is back.
 */
export class GroupWriter {
  readonly #cutter = new FrameCutter(
    (resident) => this.#heldBytes + resident <= HELD_BYTES,
    (frame) => this.#take(frame),
  );
  /** Made and not on disk, oldest first. */
  #frames: Frame[] = [];
  #frameBytes = 0;
  #heldBytes = 0;
  /** Events that are not on disk. */
  #events = 0;
  readonly #attempted = new WeakSet<Frame>();
  #inFlight: readonly Frame[] = [];
  /** Ends with the write under way, however it ends. */
  #flight: Promise<void> = Promise.resolve();
  #current: OpenSegment | undefined;
  #openedAt = 0;
  /** Counts failures: what is written again is in a later generation than what it may be a copy of. */
  #generation = 0;
  /** A new segment is begun before the next frame. */
  #isWorn = false;
  #running: Promise<void> | undefined;
  #slicing = false;
  #groupTimer: Timer | undefined;
  /** Somebody waits for what is hot: it is cut as soon as the write in flight ends. */
  #due = false;
  #failing: string | undefined;
  #retryTimer: Timer | undefined;
  #retryMs = MIN_RETRY_MS;
  #waiters: { readonly upTo: number; readonly resolve: (state: CommitState) => void }[] = [];
  #lastSeq = 0;
  #stopped = false;
  /** The last frame that was saved on the calling thread, and where it ends. */
  #saved: { readonly frame: Frame; readonly end: number } | undefined;

  constructor(private readonly setup: GroupWriterSetup) {}

  /** Memory that is taken by events that are not on disk. */
  get memoryBytes(): number {
    return this.#cutter.bytes + this.#frameBytes + this.#heldBytes;
  }

  /** Why the disk takes nothing; undefined while it does. */
  get failing(): string | undefined {
    return this.#failing;
  }

  /** Whether the disk does not answer: whoever waits for it waits for ever. */
  get isStalled(): boolean {
    return this.#failing === STALLED;
  }

  /** Number of the first event that no lane may have yet; Infinity for none. */
  get firstUnexposed(): number {
    return this.#frames.find(({ exposed }) => !exposed)?.firstSeq ?? this.#cutter.firstSeq;
  }

  /** Whether it holds nothing that is not on disk. */
  get isIdle(): boolean {
    return this.#frames.length === 0 && this.#cutter.isEmpty;
  }

  /** Events that are not on disk. */
  get events(): number {
    return this.#events;
  }

  /** Sees to it that a segment is open, so that the end of the process finds one to write to, and that none gets too old. */
  tend(): void {
    this.#kick();
  }

  /** Resolves once a segment is open, or it is known that none can be. */
  async ready(): Promise<void> {
    await this.#running;
  }

  add(held: Held): void {
    this.#lastSeq = held.seq;
    this.#events++;
    this.#cutter.add(held);
    if (this.#cutter.hotBytes > HOT_BYTES && held.seq % HOT_SLICE === 0) this.#cutter.cut(HOT_SLICE);
    if (this.#groupTimer === undefined && !this.#slicing) {
      this.#groupTimer = detached(() => this.setup.clock.after(GROUP_MS, () => this.#onGroupTimer()));
    }
  }

  /** Writes what was added so far, and says how safe it is. */
  commit(): Promise<CommitState> {
    if (this.isIdle) return Promise.resolve(this.#failing === undefined ? 'committed' : 'buffered');
    // Not on the caller's thread, who may have let many events pile up.
    detached(() => this.setup.clock.soon(() => this.#cutSoon()));
    if (this.#failing !== undefined) return Promise.resolve('buffered');
    return new Promise((resolve) => this.#waiters.push({ upTo: this.#lastSeq, resolve }));
  }

  /** Takes the oldest frame that the disk has not taken out of memory, for good; undefined when none can be spared. */
  giveUpOldest(): Frame | undefined {
    const frame = this.#frames.find((candidate) => this.#canSpare(candidate));
    if (frame !== undefined) this.#remove(frame);
    return frame;
  }

  /** Takes frames out of memory that every lane is done with; they will never be on disk. */
  giveUpSettled(): void {
    for (const frame of this.#frames.filter(
      (candidate) => candidate.isSettled && this.#canSpare(candidate),
    )) {
      this.#remove(frame);
    }
  }

  /** Writes events again that lanes have in memory; they are in a frame, and no longer where they were. */
  rewrite(slots: readonly LaneSlot[]): void {
    const frames = rewritten(slots, FRAME_BYTES, () => this.setup.nextSeq());
    for (const frame of frames) {
      this.#frameBytes += frame.bytes;
      this.#events += frame.events;
      // No segment is named by a number that another one may begin with.
      this.#lastSeq = Math.max(this.#lastSeq, frame.lastSeq);
    }
    this.#frames.unshift(...frames);
    this.#kick();
  }

  /** Begins a new segment: all that is on disk is in segments that do not change any more when it ends. */
  async seal(): Promise<void> {
    if (this.#current?.segment.touched !== true) return;
    this.#isWorn = true;
    await this.#run();
    // It may have been at its end already.
    if (this.#isWorn) await this.#run();
  }

  /** The segment is not ours to write to any more. What is not confirmed is written into another one. */
  abandon(): void {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) void this.#close(current);
  }

  /** Writes what it can until the deadline, and stops. Returns what it could not write. */
  async stop(timeoutMs: number): Promise<readonly Frame[]> {
    const { clock } = this.setup;
    let timer: Timer | undefined;
    const deadline = new Promise<void>((resolve) => (timer = clock.after(timeoutMs, resolve)));
    await Promise.race([this.commit().then(() => undefined), deadline]);
    this.#cutter.cutAll();
    if (this.#failing !== undefined && !this.isIdle) {
      // One more chance: the disk may just have come back.
      this.#retryTimer?.cancel();
      this.#retryTimer = undefined;
      await Promise.race([this.#run(), deadline]);
    }
    this.#stopped = true;
    if (this.#running !== undefined) await Promise.race([this.#running, deadline]);
    this.#groupTimer?.cancel();
    this.#retryTimer?.cancel();
    if (this.#current !== undefined) await Promise.race([this.#close(this.#current), deadline]);
    this.#current = undefined;
    timer?.cancel();
    for (const frame of this.#frames) if (!frame.exposed) this.#expose(frame);
    return this.#frames;
  }

  /** On the calling thread: the process ends now. Called again, it writes what has come since. Throws where the disk fails. */
  saveNow(): void {
    if (this.#current === undefined) return;
    const { segment, file } = this.#current;
    this.#cutter.cutAll();
    const last = this.#saved === undefined ? -1 : this.#frames.lastIndexOf(this.#saved.frame);
    let at = last === -1 ? segment.bytes : this.#saved!.end;
    segment.touched = true;
    // The one in flight, too, at its very place: nobody knows whether the other thread will get to it.
    for (let index = last + 1; index < this.#frames.length; index++) {
      const frame = this.#frames[index]!;
      if (frame.text === undefined) continue;
      file.writeNow(frame.text, at);
      at += frame.bytes;
      this.#saved = { frame, end: at };
    }
    this.#events = 0;
  }

  #onGroupTimer(): void {
    this.#groupTimer = undefined;
    this.#cutSoon();
  }

  #cutSoon(): void {
    this.#groupTimer?.cancel();
    this.#groupTimer = undefined;
    if (this.#slicing) return;
    // What arrives during a write is one group, not many.
    if (this.#inFlight.length > 0 && this.#failing === undefined && this.#cutter.hotBytes < HOT_BYTES / 2) {
      this.#due = true;
      return;
    }
    this.#slicing = true;
    this.#slice();
  }

  #slice(): void {
    this.#due = false;
    this.#cutter.cut(EVENTS_PER_TURN);
    if (this.#cutter.hotEvents > 0) {
      detached(() => this.setup.clock.soon(() => this.#slice()));
      return;
    }
    this.#slicing = false;
    this.#cutter.close();
  }

  #take(frame: Frame): void {
    this.#frameBytes += frame.bytes;
    if (frame.held !== undefined) this.#heldBytes += frame.resident;
    this.#frames.push(frame);
    if (this.#failing !== undefined) this.#expose(frame);
    this.#kick();
  }

  #kick(): void {
    if (this.#retryTimer === undefined && !this.#stopped) detached(() => void this.#run());
  }

  #run(): Promise<void> {
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      if (this.#due) this.#cutSoon();
      // What came between the end of the loop and this found somebody running.
      if (this.#frames.length > 0) this.#kick();
    });
    return this.#running;
  }

  async #writeAll(): Promise<void> {
    while (!this.#stopped && this.#retryTimer === undefined) {
      try {
        if (this.#current === undefined || this.#isWornOut()) await this.#beginSegment();
        else if (this.#frames.length > 0) await this.#write(this.#current);
        else {
          this.#recovered();
          return;
        }
      } catch (error) {
        this.#failed(error);
        return;
      }
      if (this.#due && !this.#slicing) this.#cutSoon();
    }
  }

  #isWornOut(): boolean {
    const { clock, segmentBytes, segmentMs } = this.setup;
    if (this.#current === undefined) return false;
    const { bytes } = this.#current.segment;
    if (this.#isWorn || bytes >= segmentBytes) return true;
    return bytes > 0 && clock.monotonic() - this.#openedAt >= segmentMs;
  }

  /** The next segment is there before the last one is closed: the end of the process always finds one to write to. */
  async #beginSegment(): Promise<void> {
    const { setup } = this;
    const next = await this.#stalling(setup.openSegment(() => this.#nextSeq, this.#generation));
    const last = this.#current;
    this.#current = next;
    this.#openedAt = setup.clock.monotonic();
    this.#isWorn = false;
    if (last !== undefined) await this.#stalling(this.#close(last));
  }

  /** Number of the next event to be written. */
  get #nextSeq(): number {
    return this.#frames[0]?.firstSeq ?? Math.min(this.#cutter.firstSeq, this.#lastSeq + 1);
  }

  /** Ends a segment, after the write in progress. Never rejects. */
  async #close({ segment, file }: OpenSegment): Promise<void> {
    segment.sealed = true;
    await this.#flight;
    // With `fsync: 'off'`, this is the segment's only sync.
    await file.sync().catch((error: unknown) => this.#fail(codeOf(error) ?? 'ERROR'));
    await file.close().catch(() => undefined);
  }

  /** The oldest frame, and those behind it that are written at the same time. */
  #nextFrames({ bytes: written }: Segment): readonly Frame[] {
    const most = Math.min(WRITE_BYTES, this.setup.segmentBytes - written);
    let bytes = 0;
    const end = this.#frames.findIndex((frame, i) => (bytes += frame.bytes) > most && i > 0);
    return this.#frames.slice(0, end === -1 ? undefined : end);
  }

  async #write(current: OpenSegment): Promise<void> {
    const { setup } = this;
    const { segment, file } = current;
    const frames = this.#nextFrames(segment);
    await this.#stalling(setup.makeRoom(frames.reduce((sum, { bytes }) => sum + bytes, 0)));
    // Some were given up meanwhile, or the segment was.
    if (this.#stopped || this.#current !== current || frames.some((frame, i) => frame !== this.#frames[i]))
      return;
    for (const frame of frames) {
      if (this.#attempted.has(frame)) {
        frame.markAgain();
        segment.holdsAgain = true;
      }
      this.#attempted.add(frame);
    }
    const texts = frames.map(({ text }) => text!);
    this.#inFlight = frames;
    segment.touched = true;
    try {
      const writing = file.write(texts.length === 1 ? texts[0]! : Buffer.concat(texts), segment.bytes);
      this.#flight = writing.catch(() => undefined);
      await this.#stalling(writing);
      const ownership = await this.#stalling(setup.confirm(segment));
      // Our folders were lost meanwhile, and this one is not the one that was asked about.
      if (this.#current !== current) return;
      if (ownership !== 'ours') {
        // Whoever has the folder may send it, too; we write it into a folder of ours before anybody is told that it is safe.
        // It came after they read the folder, most likely: nobody would know of it there until the next start.
        if (ownership === 'taken') this.#flight = blank(file, segment.bytes, texts);
        this.abandon();
        if (ownership !== 'stale') setup.onLost(ownership);
        return;
      }
    } finally {
      this.#inFlight = [];
    }
    const now = setup.clock.now();
    for (const frame of frames) this.#written(frame, segment, now);
    this.#recovered();
    this.#answerWritten();
  }

  #written(frame: Frame, segment: Segment, now: number): void {
    this.#remove(frame);
    frame.written(segment, segment.bytes, now);
    segment.bytes += frame.bytes;
    segment.lastEventAt = now;
    if (!frame.exposed) this.#expose(frame);
  }

  #expose(frame: Frame): void {
    frame.exposed = true;
    this.setup.expose(frame);
    if (frame.held !== undefined) {
      if (frame.segment === undefined) this.#heldBytes -= frame.resident;
      frame.held = undefined;
    }
  }

  #canSpare(frame: Frame): boolean {
    return frame.exposed && !this.#inFlight.includes(frame);
  }

  /** It takes no memory of ours any more. */
  #remove(frame: Frame): void {
    this.#frames.splice(this.#frames.indexOf(frame), 1);
    this.#events -= frame.events;
    this.#frameBytes -= frame.bytes;
    if (frame.held !== undefined) this.#heldBytes -= frame.resident;
  }

  #failed(error: unknown): void {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) {
      const { segment } = current;
      void this.#close(current).then(() => (segment.bytes === 0 ? this.setup.discard(segment) : undefined));
    }
    this.#generation++;
    this.#fail(codeOf(error) ?? 'ERROR');
    if (this.#stopped) return;
    this.#retryTimer?.cancel();
    this.#retryTimer = detached(() =>
      this.setup.clock.after(this.#retryMs, () => {
        this.#retryTimer = undefined;
        void this.#run();
      }),
    );
    // Lanes that have something to send keep the process alive themselves.
    this.#retryTimer.hold(false);
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  #fail(cause: string): void {
    const began = this.#failing === undefined;
    this.#failing = cause;
    if (began) this.setup.onState('failing', cause);
    this.setup.onFailure(cause);
    for (const frame of this.#frames) if (!frame.exposed) this.#expose(frame);
    this.#answer(Infinity, 'buffered');
    if (!this.#slicing) this.#cutSoon();
  }

  #recovered(): void {
    this.#retryMs = MIN_RETRY_MS;
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.setup.onState('open', undefined);
  }

  /** Tells those of whose events nothing is left to be written. */
  #answerWritten(): void {
    if (this.#waiters.length === 0) return;
    let first = this.#cutter.firstSeq;
    for (const { firstSeq } of this.#frames) first = Math.min(first, firstSeq);
    this.#answer(first - 1, 'committed');
  }

  #answer(upTo: number, state: CommitState): void {
    const { length } = this.#waiters;
    if (length === 0) return;
    const answered = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of answered) resolve(state);
  }

  /** Waits for the disk; if it takes too long it counts as failing until it answers. */
  async #stalling<T>(answer: Promise<T>): Promise<T> {
    const timer = detached(() => deadline(this.setup.clock, STALL_MS, () => this.#fail(STALLED)));
    try {
      return await answer;
    } finally {
      timer.cancel();
    }
  }
}

/** Leaves nothing but blank lines where texts were written. Never rejects. */
async function blank(file: OpenFile, at: number, texts: readonly Buffer[]): Promise<void> {
  const bytes = texts.reduce((sum, { length }) => sum + length, 0);
  await file.write(Buffer.alloc(bytes, '\n'), at).catch(() => undefined);
}
