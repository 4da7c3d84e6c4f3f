import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import { count } from './quantities.js';
import type { Column } from './table.js';

const STATES = ['accepted', 'replayed', 'delivered', 'pending', 'dead', 'dropped', 'redriven'] as const;

/** Events by state; `replayed`: copies that a replay made. */
export type Sums = Record<(typeof STATES)[number], number>;

/** The columns of {@link sumCells}. */
export const SUM_COLUMNS: readonly Column[] = STATES.map((state) => ({
  title: state.toUpperCase(),
  right: true,
}));

export function noSums(): Sums {
  return Object.fromEntries(STATES.map((state) => [state, 0])) as Sums;
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
