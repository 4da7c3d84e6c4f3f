import type { Reason } from '../../../event/reasons.js';
import type { Files } from '../files/files.js';
import { entriesAt } from '../files/log-file.js';
import { acknowledgementOf, type Acknowledgement } from '../format/acknowledgement.js';
import { Ranges } from '../format/ranges.js';

/** The final outcome of an event in one lane. */
export interface FinalOutcome {
  readonly state: 'delivered' | 'dead' | 'dropped';
  readonly reason?: Reason | undefined;
}

interface Group {
  readonly lane: string;
  readonly outcome: FinalOutcome;
  readonly seqs: Ranges;
}

/** The final outcomes of records, by lane and sequence number, as ranges. Memory depends on the number of ranges. */
export class RecordOutcomes {
  #lanes = new Map<string, Group[]>();
  /** The last changed group, which nearly always is the next one, too. */
  #last: Group | undefined;

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  get lanes(): Iterable<string> {
    return this.#lanes.keys();
  }

  /** The number of a lane's outcomes. */
  count(lane: string): number {
    return (this.#lanes.get(lane) ?? []).reduce((sum, { seqs }) => sum + seqs.count, 0);
  }

  /** Undefined if there is none. */
  of(lane: string, seq: number): FinalOutcome | undefined {
    return this.#lanes.get(lane)?.find(({ seqs }) => seqs.has(seq))?.outcome;
  }

  add(lane: string, seq: number, outcome: FinalOutcome): void {
    this.#group(lane, outcome).seqs.add(seq);
  }

  addAll(others: RecordOutcomes | readonly Acknowledgement[]): void {
    const acknowledgements = others instanceof RecordOutcomes ? others.at(0) : others;
    for (const { lane, state, reason, seqs } of acknowledgements) {
      const group = this.#group(lane, { state, reason });
      for (const [from, to] of seqs) group.seqs.addRange(from, to);
    }
  }

  /** All outcomes, as they are written. */
  at(now: number): Acknowledgement[] {
    return [...this.#lanes.values()].flat().map(({ lane, outcome: { state, reason }, seqs }) => ({
      at: now,
      lane,
      state,
      ...(reason !== undefined && { reason }),
      seqs: seqs.toArray(),
    }));
  }

  /** Removes all outcomes, to be written. */
  take(now: number): Acknowledgement[] {
    const taken = this.at(now);
    this.#lanes = new Map();
    this.#last = undefined;
    return taken;
  }

  #group(lane: string, outcome: FinalOutcome): Group {
    if (this.#last !== undefined && isOf(this.#last, lane, outcome)) return this.#last;
    const groups = this.#lanes.get(lane) ?? [];
    let group = groups.find((each) => isOf(each, lane, outcome));
    if (group === undefined) {
      group = { lane, outcome, seqs: new Ranges() };
      this.#lanes.set(lane, [...groups, group]);
    }
    this.#last = group;
    return group;
  }
}

/** The outcomes in a file that this or an earlier process wrote, by the lane's name in the folder. */
export async function writtenOutcomes(files: Files, path: string): Promise<RecordOutcomes> {
  const outcomes = new RecordOutcomes();
  for await (const group of entriesAt(files, path, acknowledgementOf)) outcomes.addAll(group);
  return outcomes;
}

function isOf(group: Group, lane: string, { state, reason }: FinalOutcome): boolean {
  const { outcome } = group;
  return group.lane === lane && outcome.state === state && outcome.reason === reason;
}
