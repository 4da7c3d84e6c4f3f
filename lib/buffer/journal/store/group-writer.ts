import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import { toEventJson } from '../../../event/event-json.js';
import type { CommitState } from '../../event-buffer.js';
import type { OpenFile } from '../files/files.js';
import { FrameBuilder } from '../format/frame-builder.js';
import type { Ownership } from '../ownership/owner-folder.js';
import { Frame } from './frame.js';
import type { LanePart } from './frame.js';
import type { Held } from './held.js';
import { rewritten } from './rewritten.js';
import type { LaneSlot } from './rewritten.js';
import type { Segment } from './segment.js';

/** The longest that an event waits for company before it is written. */
const GROUP_MS = 15;
/** Events that are serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** Bytes at which a frame is closed. */
const FRAME_BYTES = 512 * 1024;
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
  /** Makes a new segment, and the folder where there is none. */
  openSegment(firstSeq: number, generation: number): Promise<OpenSegment>;
  /** Whether what was just written is still in a folder of ours. */
  confirm(): Promise<Ownership>;
  /** The folder is not ours any more. */
  onLost(how: 'taken' | 'gone'): void;
  /** Before a frame is written: room on the disk, within the bound that was set. */
  makeRoom(bytes: number): Promise<void>;
  /** Lanes may have the events of a frame. */
  expose(frame: Frame): void;
  onState(state: 'failing' | 'open', cause: string | undefined): void;
}

/**
 * Brings accepted events to the disk, in groups: one write at a time, and what arrives meanwhile joins the next. Where the
 * disk takes nothing it lets the lanes have the events from memory, keeps the text of what is not settled, and writes it
 * again, under the same numbers, as soon as the disk is back.
 */
export class GroupWriter {
  /** Not serialised. */
  #hot: Held[] = [];
  #hotFrom = 0;
  #hotBytes = 0;
  /** What was serialised of the frame that is being made. */
  readonly #builder = new FrameBuilder();
  #building: Held[] = [];
  #buildingBytes = 0;
  #parts = new Map<string, LanePart>();
  /** Made and not on disk, oldest first. */
  #frames: Frame[] = [];
  #frameBytes = 0;
  #heldBytes = 0;
  readonly #attempted = new WeakSet<Frame>();
  #inFlight: readonly Frame[] = [];
  #current: OpenSegment | undefined;
  #openedAt = 0;
  #generation = 0;
  #running: Promise<void> | undefined;
  #slicing = false;
  #groupTimer: Timer | undefined;
  /** Somebody waits for what is hot: it is cut as soon as the write in flight ends. */
  #due = false;
  #failing: string | undefined;
  #retryTimer: Timer | undefined;
  #retryMs = MIN_RETRY_MS;
  /** Events that are not on disk. */
  #events = 0;
  /** The segment is sealed before the next frame. */
  #isWorn = false;
  #waiters: { readonly upTo: number; readonly resolve: (state: CommitState) => void }[] = [];
  #lastSeq = 0;
  #stopped = false;

  constructor(private readonly setup: GroupWriterSetup) {}

  /** Memory that is taken by what is not on disk. */
  get memoryBytes(): number {
    return this.#hotBytes + this.#buildingBytes + this.#frameBytes + this.#heldBytes;
  }

  /** Why the disk takes nothing; undefined while it does. */
  get failing(): string | undefined {
    return this.#failing;
  }

  /** Number of the first event that no lane may have yet; Infinity for none. */
  get firstUnexposed(): number {
    const frame = this.#frames.find(({ exposed }) => !exposed);
    return frame?.firstSeq ?? this.#building[0]?.seq ?? this.#hot[this.#hotFrom]?.seq ?? Infinity;
  }

  /** Whether it holds anything that is not on disk. */
  get isIdle(): boolean {
    return this.#frames.length === 0 && this.#building.length === 0 && this.#hotFrom === this.#hot.length;
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
    this.#hot.push(held);
    this.#hotBytes += held.resident;
    if (this.#hotBytes > HOT_BYTES && this.#hot.length % HOT_SLICE === 0) this.#cut(HOT_SLICE);
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
    const frame = this.#frames.find((candidate) => candidate.exposed && !this.#inFlight.includes(candidate));
    if (frame === undefined) return undefined;
    this.#remove(frame);
    return frame;
  }

  /** Makes what was written survive a loss of power. Never rejects. */
  async sync(): Promise<void> {
    const current = this.#current;
    try {
      await current?.file.sync();
    } catch (error) {
      // What was written since the last time may or may not be there, and no later sync will tell.
      if (this.#current === current) this.#failed(error);
    }
  }

  /** Writes events again that lanes have in memory; they are in a frame, and no longer where they were. */
  rewrite(slots: readonly LaneSlot[]): void {
    const frames = rewritten(slots, FRAME_BYTES, () => this.setup.nextSeq());
    for (const frame of frames) {
      this.#frameBytes += frame.bytes;
      this.#events += frame.events;
    }
    this.#frames.unshift(...frames);
    this.#kick();
  }

  /** Begins a new segment: all that is on disk is in segments that do not change any more when it ends. */
  async seal(): Promise<void> {
    if (this.#current?.segment.touched !== true) return;
    this.#isWorn = true;
    await this.#run();
  }

  /** The segment is not ours to write to any more. What is not confirmed is written into another one. */
  abandon(): void {
    void this.#seal();
  }

  /** Writes what it can until the deadline, and stops. Returns what it could not write. */
  async stop(timeoutMs: number): Promise<readonly Frame[]> {
    const { clock } = this.setup;
    let timer: Timer | undefined;
    const deadline = new Promise<void>((resolve) => (timer = clock.after(timeoutMs, resolve)));
    await Promise.race([this.commit().then(() => undefined), deadline]);
    this.#cutAll();
    if (this.#failing !== undefined && !this.isIdle) {
      // One more chance: the disk may just have come back.
      this.#retryTimer?.cancel();
      this.#retryTimer = undefined;
      await Promise.race([this.#run(), deadline]);
    }
    this.#stopped = true;
    if (this.#running !== undefined) await Promise.race([this.#running, deadline]);
    timer?.cancel();
    this.#groupTimer?.cancel();
    this.#retryTimer?.cancel();
    if (this.#inFlight.length === 0) await this.#seal();
    for (const frame of this.#frames) if (!frame.exposed) this.#expose(frame);
    return this.#frames;
  }

  /** On the calling thread: the process ends now. Throws where the disk fails. */
  saveNow(): void {
    const { segment, file } = this.#current ?? {};
    if (segment === undefined || file === undefined) return;
    this.#cutAll();
    let at = segment.bytes;
    segment.touched = true;
    // The one in flight, too, at its very place: nobody knows whether the other thread will get to it.
    for (const { text, bytes } of this.#frames) {
      if (text === undefined) continue;
      file.writeNow(text, at);
      at += bytes;
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
    if (this.#inFlight.length > 0 && this.#failing === undefined && this.#hotBytes < HOT_BYTES / 2) {
      this.#due = true;
      return;
    }
    this.#slicing = true;
    this.#slice();
  }

  #slice(): void {
    this.#due = false;
    this.#cut(EVENTS_PER_TURN);
    if (this.#hotFrom < this.#hot.length) {
      detached(() => this.setup.clock.soon(() => this.#slice()));
      return;
    }
    this.#slicing = false;
    this.#closeFrame();
  }

  #cutAll(): void {
    while (this.#hotFrom < this.#hot.length) this.#cut(Infinity);
    this.#closeFrame();
  }

  /** Serialises the oldest events. */
  #cut(maxEvents: number): void {
    const until = Math.min(this.#hot.length, this.#hotFrom + maxEvents);
    for (; this.#hotFrom < until; this.#hotFrom++) {
      const held = this.#hot[this.#hotFrom]!;
      // It is not kept alive by its place here.
      this.#hot[this.#hotFrom] = undefined as never;
      this.#hotBytes -= held.resident;
      this.#build(held);
      if (this.#builder.bytes >= FRAME_BYTES) {
        this.#hotFrom++;
        this.#closeFrame();
        break;
      }
    }
    if (this.#hotFrom === this.#hot.length) {
      this.#hot = [];
      this.#hotFrom = 0;
    } else if (this.#hotFrom > 16_384) {
      this.#hot = this.#hot.slice(this.#hotFrom);
      this.#hotFrom = 0;
    }
  }

  #build(held: Held): void {
    const { seq, routes, replay, event } = held;
    const json = JSON.stringify(toEventJson(event));
    held.json = json;
    const notes = notesOf(held);
    this.#builder.add({ seq, json, lanes: lanesOf(held), notes, replay });
    this.#building.push(held);
    this.#buildingBytes += held.resident;
    for (const { lane } of routes) {
      const part = this.#parts.get(lane);
      if (part === undefined) this.#parts.set(lane, { events: 1, bytes: json.length });
      else {
        part.events++;
        part.bytes += json.length;
      }
    }
  }

  #closeFrame(): void {
    const held = this.#building;
    if (held.length === 0) return;
    const resident = this.#buildingBytes;
    const keeps = this.#heldBytes + resident <= HELD_BYTES;
    const text = this.#builder.take();
    const frame = new Frame(
      text,
      held[0]!.seq,
      held.at(-1)!.seq,
      held.length,
      keeps ? held : undefined,
      resident,
      this.#parts,
    );
    this.#building = [];
    this.#buildingBytes = 0;
    this.#parts = new Map();
    this.#frameBytes += frame.bytes;
    if (keeps) this.#heldBytes += resident;
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
    while (!this.#stopped) {
      const [frame] = this.#frames;
      try {
        if (this.#isWornOut()) await this.#seal();
        this.#current ??= await this.#open(frame);
        if (frame === undefined) {
          this.#recovered();
          // One may have come while a segment was sealed or opened.
          if (this.#frames.length === 0) return;
          continue;
        }
        await this.#write(this.#nextFrames(this.#current.segment), this.#current);
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
    if (this.#isWorn) return true;
    return bytes >= segmentBytes || (bytes > 0 && clock.monotonic() - this.#openedAt >= segmentMs);
  }

  async #seal(): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#isWorn = false;
    this.#current = undefined;
    current.segment.sealed = true;
    // Where it is synced once a second, nobody comes back to it; where each write is synced, this costs nothing.
    await current.file.sync().catch(() => undefined);
    await current.file.close().catch(() => undefined);
  }

  async #open(frame: Frame | undefined): Promise<OpenSegment> {
    const firstSeq = frame?.firstSeq ?? this.firstUnserialised;
    this.#openedAt = this.setup.clock.monotonic();
    return this.#stalling(this.setup.openSegment(firstSeq, this.#generation));
  }

  private get firstUnserialised(): number {
    return this.#building[0]?.seq ?? this.#hot[this.#hotFrom]?.seq ?? this.#lastSeq + 1;
  }

  /** The oldest frame, and those behind it that are written at the same time. */
  #nextFrames({ bytes: written }: Segment): readonly Frame[] {
    const most = Math.min(WRITE_BYTES, this.setup.segmentBytes - written);
    let bytes = 0;
    const end = this.#frames.findIndex((frame, i) => (bytes += frame.bytes) > most && i > 0);
    return this.#frames.slice(0, end === -1 ? undefined : end);
  }

  async #write(frames: readonly Frame[], current: OpenSegment): Promise<void> {
    const { setup } = this;
    const { segment, file } = current;
    await this.#stalling(setup.makeRoom(frames.reduce((sum, { bytes }) => sum + bytes, 0)));
    // Some were given up meanwhile, or the segment was sealed.
    if (this.#stopped || this.#current !== current || frames.length === 0) return;
    if (frames.some((frame, i) => frame !== this.#frames[i])) return;
    for (const frame of frames) {
      if (this.#attempted.has(frame)) frame.markAgain();
      this.#attempted.add(frame);
    }
    const texts = frames.map(({ text }) => text!);
    this.#inFlight = frames;
    segment.touched = true;
    try {
      await this.#stalling(file.write(texts.length === 1 ? texts[0]! : Buffer.concat(texts), segment.bytes));
      const ownership = await this.#stalling(setup.confirm());
      // Our folders were lost meanwhile, and this one is not the one that was asked about.
      if (this.#current !== current) return;
      if (ownership !== 'ours') {
        // Whoever has the folder may send it, too; we write it into a folder of ours before anybody is told that it is safe.
        this.#current = undefined;
        void file.close().catch(() => undefined);
        setup.onLost(ownership);
        return;
      }
    } finally {
      this.#inFlight = [];
    }
    for (const frame of frames) this.#written(frame, segment);
  }

  #written(frame: Frame, segment: Segment): void {
    const { setup } = this;
    this.#remove(frame);
    const now = setup.clock.now();
    frame.written(segment, segment.bytes, now);
    segment.bytes += frame.bytes;
    segment.lastEventAt = now;
    this.#recovered();
    if (!frame.exposed) this.#expose(frame);
    this.#answer(frame.lastSeq, 'committed');
  }

  #expose(frame: Frame): void {
    frame.exposed = true;
    this.setup.expose(frame);
    if (frame.held !== undefined) {
      if (frame.segment === undefined) this.#heldBytes -= frame.resident;
      frame.held = undefined;
    }
  }

  /** It takes no memory of ours any more. */
  #remove(frame: Frame): void {
    this.#frames.splice(this.#frames.indexOf(frame), 1);
    this.#events -= frame.events;
    this.#frameBytes -= frame.bytes;
    if (frame.held !== undefined) this.#heldBytes -= frame.resident;
  }

  #failed(error: unknown): void {
    void this.#seal();
    this.#generation++;
    this.#fail((error as NodeJS.ErrnoException).code ?? 'ERROR');
    if (this.#stopped) return;
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

  #answer(upTo: number, state: CommitState): void {
    const { length } = this.#waiters;
    if (length === 0) return;
    const answered = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of answered) resolve(state);
  }

  /** Waits for the disk; if it takes too long it counts as failing until it answers. */
  async #stalling<T>(answer: Promise<T>): Promise<T> {
    const timer = detached(() => this.setup.clock.after(STALL_MS, () => this.#fail('ETIMEDOUT')));
    try {
      return await answer;
    } finally {
      timer.cancel();
    }
  }
}

function notesOf({
  routes,
}: Held): Readonly<Record<string, NonNullable<Held['routes'][number]['note']>>> | undefined {
  let notes: Record<string, NonNullable<Held['routes'][number]['note']>> | undefined;
  for (const { lane, note } of routes) if (note !== undefined) (notes ??= {})[lane] = note;
  return notes;
}

/** The lanes that took it; the event's own list where all did, which nearly all events share. */
function lanesOf({ routes, event }: Held): readonly string[] {
  return routes.length === event.lanes.length ? event.lanes : routes.map(({ lane }) => lane);
}
