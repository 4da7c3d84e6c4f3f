/** Picks a whole number from 0 to below `count`. 0 is always the simplest case. */
export type Choose = (count: number) => number;

/** Always the simplest case. */
export const first: Choose = () => 0;

/** Takes its picks from a list, and then the simplest case: property tests generate and shrink such lists. */
export function picksOf(list: readonly number[]): Choose {
  let next = 0;
  return (count) => (next < list.length ? Math.trunc(Math.abs(list[next++]!)) % count : 0);
}

/** The same picks for the same seed, evenly spread (mulberry32). */
export function seeded(seed: number): Choose {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}
