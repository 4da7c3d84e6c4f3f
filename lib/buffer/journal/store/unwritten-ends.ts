import type { Acknowledgement } from '../format/acknowledgement.js';
import { Ranges } from '../format/ranges.js';
import type { End } from './home.js';

interface Group {
  readonly lane: string;
  readonly end: End;
  readonly seqs: Ranges;
}

/** What became of events, as far as it is not written yet: by lane and end, as ranges. */
export class UnwrittenEnds {
  #groups = new Map<string, Group>();
  /** The group that was added to last, which nearly always is the next one's, too. */
  #last: Group | undefined;

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  add(lane: string, seq: number, end: End): void {
    this.#group(lane, end).seqs.add(seq);
  }

  /** All of it, left where it is. */
  at(now: number): Acknowledgement[] {
    return [...this.#groups.values()].map(({ lane, end, seqs }) => ({
      at: now,
      lane,
      state: end.state,
      ...(end.reason !== undefined && { reason: end.reason }),
      seqs: seqs.toArray(),
    }));
  }

  /** Takes out all of it, for writing. */
  take(now: number): Acknowledgement[] {
    const taken = this.at(now);
    this.#groups = new Map();
    this.#last = undefined;
    return taken;
  }

  /** Puts back what could not be written. */
  putBack(acknowledgements: readonly Acknowledgement[]): void {
    for (const { lane, state, reason, seqs } of acknowledgements) {
      const group = this.#group(lane, { state, reason });
      for (const [from, to] of seqs) group.seqs.addRange(from, to);
    }
  }

  #group(lane: string, end: End): Group {
    const last = this.#last;
    if (
      last !== undefined &&
      last.lane === lane &&
      last.end.state === end.state &&
      last.end.reason === end.reason
    )
      return last;
    const key = `${end.state} ${end.reason ?? ''} ${lane}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { lane, end, seqs: new Ranges() };
      this.#groups.set(key, group);
    }
    this.#last = group;
    return group;
  }
}
