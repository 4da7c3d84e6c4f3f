import type { OutcomeCounts } from '../api/responses.js';
import type { Column } from './parts/table.js';
import { OUTCOMES } from './place.js';
import { OUTCOME_MEANS } from './words.js';

/** A column for each outcome. */
export function countColumns<T>(of: (row: T) => OutcomeCounts): readonly Column<T>[] {
  return OUTCOMES.map((outcome) => ({
    head: outcome,
    class: `number ${outcome === 'delivered' ? '' : 'wide'}`,
    cell: (row: T) => (
      <span class={of(row)[outcome] === 0 ? 'muted' : `tone ${outcome}`} title={OUTCOME_MEANS[outcome]}>
        {of(row)[outcome].toLocaleString('en')}
      </span>
    ),
  }));
}

/** The outcomes other than delivered, in words, for a narrow screen. */
export function OtherCounts({ of }: { readonly of: OutcomeCounts }) {
  const parts = OUTCOMES.slice(1)
    .filter((outcome) => of[outcome] > 0)
    .map((outcome) => `${of[outcome].toLocaleString('en')} ${outcome}`);
  return <>{parts.map((part) => ` · ${part}`).join('')}</>;
}
