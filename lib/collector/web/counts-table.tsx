import type { ComponentChildren } from 'preact';
import type { OutcomeCounts } from '../api/responses.js';
import { titleOf } from './live.js';
import { type Column, Table } from './parts/table.js';
import { OUTCOMES } from './place.js';
import { OUTCOME_MEANS } from './words.js';

/** A table of names or people: the platform of each row, and its counts by outcome. */
export function CountsTable<T extends { readonly platform: string }>({
  caption,
  head,
  rows,
  keyOf,
  countsOf,
  main,
  more = [],
}: {
  readonly caption: string;
  /** Head and cell of the first column. */
  readonly head: string;
  readonly main: (row: T) => ComponentChildren;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly countsOf: (row: T) => OutcomeCounts;
  /** Columns after the counts. */
  readonly more?: readonly Column<T>[];
}) {
  const first = (row: T): ComponentChildren => (
    <>
      {main(row)}
      <small class="sub">
        {titleOf(row.platform)}
        {otherCounts(countsOf(row))}
      </small>
    </>
  );
  const columns = [
    { head, class: 'main', cell: first },
    { head: 'Platform', class: 'wide', cell: ({ platform }: T) => titleOf(platform) },
    ...OUTCOMES.map((outcome) => ({
      head: outcome,
      class: outcome === 'delivered' ? 'number' : 'number wide',
      cell: (row: T) => (
        <span
          class={countsOf(row)[outcome] === 0 ? 'muted' : `tone ${outcome}`}
          title={OUTCOME_MEANS[outcome]}
        >
          {countsOf(row)[outcome].toLocaleString('en')}
        </span>
      ),
    })),
    ...more,
  ];
  return <Table caption={caption} class="surface" rows={rows} keyOf={keyOf} columns={columns} />;
}

/** The outcomes other than delivered, in words, for a narrow screen. */
function otherCounts(counts: OutcomeCounts): string {
  return OUTCOMES.slice(1)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => ` · ${counts[outcome].toLocaleString('en')} ${outcome}`)
    .join('');
}
