import type { Acknowledgement } from '../format/acknowledgement.js';
import { Ranges } from '../format/ranges.js';
import type { End } from './home.js';

/** What is known of events by their numbers, whichever segments they are in. */
export class KnownEnds {
  readonly #lanes = new Map<string, { readonly end: End; readonly seqs: Ranges }[]>();

  add({ lane, state, reason, seqs }: Acknowledgement): void {
    let ofLane = this.#lanes.get(lane);
    if (ofLane === undefined) this.#lanes.set(lane, (ofLane = []));
    let known = ofLane.find(({ end }) => end.state === state && end.reason === reason);
    if (known === undefined) ofLane.push((known = { end: { state, reason }, seqs: new Ranges() }));
    for (const [from, to] of seqs) known.seqs.addRange(from, to);
  }

  /** How it ended; undefined where nobody says so. */
  of(lane: string, seq: number): End | undefined {
    return this.#lanes.get(lane)?.find(({ seqs }) => seqs.has(seq))?.end;
  }
}
