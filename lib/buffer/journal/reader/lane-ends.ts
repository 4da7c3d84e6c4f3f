import type { LaneEnd } from '../query/event-filter.js';
import type { Acknowledgement } from '../format/acknowledgement.js';
import type { LaneNames } from '../ownership/lane-names.js';

/** More events than a segment can have. Numbers beyond belong to another segment. */
const MAX_EVENTS = 2 ** 27;
const MIN_ROOM = 1_024;

/** The outcomes of a segment's events, by lane and sequence number: four bytes an event and lane. The last line of an event counts. */
export class LaneEnds {
  readonly #ends: LaneEnd[] = [];
  /** By lane: for each number from the first, the position in `ends`, counted from 1; 0 for none. */
  readonly #lanes = new Map<string, Uint32Array>();

  constructor(private readonly firstSeq: number) {}

  /** The state of an event in one lane. */
  of(seq: number, lane: string): LaneEnd {
    const index = this.#lanes.get(lane)?.[seq - this.firstSeq];
    return index === undefined || index === 0 ? { lane, state: 'pending' } : this.#ends[index - 1]!;
  }

  /** The state of an event in each lane of its record, by the owner's lane names. */
  named(seq: number, onDisk: readonly string[], names: LaneNames): LaneEnd[] {
    return names.lanesOf(onDisk).map((lane) => {
      const end = this.of(seq, names.nameOf(onDisk, lane));
      return end.lane === lane ? end : { ...end, lane };
    });
  }

  /** All lanes in which an event is settled; for an event whose list of lanes is erased. */
  endedLanes(seq: number): string[] {
    return [...this.#lanes.keys()].filter((lane) => this.of(seq, lane).state !== 'pending');
  }

  add({ lane, state, reason, at, seqs }: Acknowledgement): void {
    this.#ends.push({ lane, state, ...(reason !== undefined && { reason }), at });
    for (const [from, to] of seqs) {
      const first = Math.max(0, from - this.firstSeq);
      const last = Math.min(to - this.firstSeq, MAX_EVENTS - 1);
      if (last >= first) this.#room(lane, last + 1).fill(this.#ends.length, first, last + 1);
    }
  }

  #room(lane: string, length: number): Uint32Array {
    const held = this.#lanes.get(lane);
    if (held !== undefined && held.length >= length) return held;
    const larger = new Uint32Array(Math.max(length, MIN_ROOM, (held?.length ?? 0) * 2));
    if (held !== undefined) larger.set(held);
    this.#lanes.set(lane, larger);
    return larger;
  }
}
