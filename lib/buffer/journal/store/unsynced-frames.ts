import type { Acknowledgement } from '../format/acknowledgement.js';
import type { Frame } from './frame.js';
import type { End } from './home.js';
import type { Elsewhere } from './segment.js';
import { Outcomes } from './outcomes.js';

interface Unsynced {
  readonly frame: Frame;
  readonly text: Buffer;
}

/** What was written, and what ended, between two syncs. */
export interface UnsyncedPart {
  readonly frames: Unsynced[];
  readonly ends: Outcomes;
}

/**
 * What is in a segment that is synced once a second, and not known to survive a loss of power. A sync that fails says so
 * once, and a later one does not try again: so the text is kept until a sync was good, and is written into another segment
 * where one was not. The events stay at home in this segment; what becomes of them is known in the other one, too.
 */
export class UnsyncedFrames implements Elsewhere {
  /** Memory that is taken by the texts. */
  bytes = 0;
  /** The last one is being added to. */
  #parts: UnsyncedPart[] = [{ frames: [], ends: new Outcomes() }];
  readonly #copies: Frame[] = [];

  get #open(): UnsyncedPart {
    return this.#parts.at(-1)!;
  }

  /** A frame was written. */
  add(frame: Frame, text: Buffer): void {
    this.bytes += text.length;
    this.#open.frames.push({ frame, text });
  }

  settle(lane: string, seq: number, end: End): void {
    this.#open.ends.add(lane, seq, end);
    for (const copy of this.#copies) if (holds(copy, seq)) copy.settle(lane, seq, end);
  }

  settledEarly(acknowledgements: readonly Acknowledgement[]): void {
    this.#open.ends.addAll(acknowledgements);
  }

  /** A sync begins: what comes from now on is not covered by it. */
  begin(): UnsyncedPart {
    const covered = this.#open;
    this.#parts.push({ frames: [], ends: new Outcomes() });
    return covered;
  }

  /** That sync was good. Returns the bytes that are free. */
  letGo(covered: UnsyncedPart): number {
    const gone = this.#parts.splice(0, this.#parts.indexOf(covered) + 1);
    const freed = bytesOf(gone);
    this.bytes -= freed;
    return freed;
  }

  /** A sync failed. Returns what is to be written again, as it was, with what is known of its ends. */
  again(now: number): Frame[] {
    const parts = this.#parts;
    this.#parts = [{ frames: [], ends: new Outcomes() }];
    this.bytes = 0;
    const copies = parts.flatMap(({ frames }) => frames.map(({ frame, text }) => frame.copy(text)));
    for (const { lane, state, reason, seqs } of parts.flatMap(({ ends }) => ends.take(now))) {
      for (const copy of copies) {
        for (const [from, to] of seqs) {
          const last = Math.min(to, copy.lastSeq);
          for (let seq = Math.max(from, copy.firstSeq); seq <= last; seq++)
            copy.settle(lane, seq, { state, reason });
        }
      }
    }
    this.#copies.push(...copies);
    return copies;
  }

  isCopied(seq: number): boolean {
    return this.#copies.some((copy) => copy.segment !== undefined && holds(copy, seq));
  }

  get isKnown(): boolean {
    return this.#copies.every(({ segment, text }) =>
      // One without a text was given up.
      segment === undefined
        ? text === undefined
        : segment.unwritten.isEmpty && segment.elsewhere?.isKnown !== false,
    );
  }
}

function holds({ firstSeq, lastSeq }: Frame, seq: number): boolean {
  return seq >= firstSeq && seq <= lastSeq;
}

function bytesOf(parts: readonly UnsyncedPart[]): number {
  let bytes = 0;
  for (const { frames } of parts) for (const { text } of frames) bytes += text.length;
  return bytes;
}
