import type { Frame } from './frame.js';

/** Memory for events that stay objects until their frame is written. */
const OBJECT_BYTES = 16 * 1024 * 1024;

/** Frames that are not on disk, oldest first, and the memory that they take. */
export class FrameQueue {
  #frames: Frame[] = [];
  #events = 0;
  #textBytes = 0;
  #objectBytes = 0;
  /** Frames of the write in progress. */
  #inFlight: readonly Frame[] = [];

  get events(): number {
    return this.#events;
  }

  get memoryBytes(): number {
    return this.#textBytes + this.#objectBytes;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  get isWriting(): boolean {
    return this.#inFlight.length > 0;
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** The oldest one that no lane has. */
  get firstUnexposed(): Frame | undefined {
    return this.#frames.find(({ exposed }) => !exposed);
  }

  mayKeep(resident: number): boolean {
    return this.#objectBytes + resident <= OBJECT_BYTES;
  }

  push(frame: Frame): void {
    this.#count(frame, 1);
    this.#frames.push(frame);
  }

  pushFirst(frames: readonly Frame[]): void {
    for (const frame of frames) this.#count(frame, 1);
    this.#frames.unshift(...frames);
  }

  remove(frame: Frame): void {
    this.#count(frame, -1);
    this.#frames.splice(this.#frames.indexOf(frame), 1);
  }

  /** Frees the objects of a frame, because its lanes have its events. */
  releaseObjects(frame: Frame): void {
    if (frame.objects === undefined) return;
    if (frame.segment === undefined) this.#objectBytes -= frame.resident;
    frame.objects = undefined;
  }

  /** The oldest frames, up to so many bytes, and at least one. */
  batch(maxBytes: number): readonly Frame[] {
    let bytes = 0;
    const end = this.#frames.findIndex((frame, i) => (bytes += frame.bytes) > maxBytes && i > 0);
    return this.#frames.slice(0, end === -1 ? undefined : end);
  }

  /** Whether these are still the oldest frames. */
  startsWith(frames: readonly Frame[]): boolean {
    return frames.every((frame, i) => frame === this.#frames[i]);
  }

  /** Sets the frames of the write in progress; none when it ends. */
  markInFlight(frames: readonly Frame[]): void {
    this.#inFlight = frames;
  }

  /** Removes the oldest frame that lanes have and that is not being written. */
  giveUpOldest(): Frame | undefined {
    const frame = this.#frames.find((candidate) => this.#canSpare(candidate));
    if (frame !== undefined) this.remove(frame);
    return frame;
  }

  /** Removes frames without pending events: they need not be written. */
  giveUpSettled(): void {
    const settled = this.#frames.filter((frame) => frame.isSettled && this.#canSpare(frame));
    for (const frame of settled) this.remove(frame);
  }

  #canSpare(frame: Frame): boolean {
    return frame.exposed && !this.#inFlight.includes(frame);
  }

  #count({ events, bytes, objects, resident }: Frame, by: 1 | -1): void {
    this.#events += by * events;
    this.#textBytes += by * bytes;
    if (objects !== undefined) this.#objectBytes += by * resident;
  }
}
