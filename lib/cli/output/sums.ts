import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import { count } from './quantities.js';
import type { Column } from './table.js';

export interface Sums {
  accepted: number;
  /** Copies that a replay made. */
  replayed: number;
  delivered: number;
  pending: number;
  dead: number;
  dropped: number;
  redriven: number;
}

const STATES = ['accepted', 'replayed', 'delivered', 'pending', 'dead', 'dropped', 'redriven'] as const;

/** The columns of {@link sumCells}. */
export const SUM_COLUMNS: readonly Column[] = STATES.map((state) => ({
  title: state.toUpperCase(),
  right: true,
}));

export function noSums(): Sums {
  return { accepted: 0, replayed: 0, delivered: 0, pending: 0, dead: 0, dropped: 0, redriven: 0 };
}

export function addTo(sums: Sums, { state, replayed, count: events }: EndCount): void {
  sums[replayed ? 'replayed' : 'accepted'] += events;
  sums[state] += events;
}

export function sumNumbers(sums: Sums): number[] {
  return STATES.map((state) => sums[state]);
}

export function sumCells(sums: Sums): string[] {
  return sumNumbers(sums).map(count);
}

export function totalOf(all: readonly Sums[]): Sums {
  const total = noSums();
  for (const sums of all) {
    for (const state of STATES) total[state] += sums[state];
  }
  return total;
}
