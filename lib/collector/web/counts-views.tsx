import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { OutcomeCounts, PeopleResponse, StatsResponse } from '../api/responses.js';
import { queryOf } from './api.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { NoRows } from './list-view.js';
import { live, received, titleOf } from './live.js';
import { EventTitle } from './parts/badges.js';
import { SentText } from './parts/sent-text.js';
import { type Column, Table } from './parts/table.js';
import { Time } from './parts/time.js';
import { OUTCOMES, place } from './place.js';
import { OUTCOME_MEANS } from './words.js';

const PAGE = 100;
const MOST = 1_000;
const IDS_SHOWN = 4;

export function NamesView() {
  const { platform, search = '' } = place.use();
  const [limit, setLimit] = useState(PAGE);
  const names = useLatest<StatsResponse>('stats', live.use().revision).value?.names;
  if (names === undefined) return null;
  const text = search.toLowerCase();
  const rows = names
    .filter((row) => platform === undefined || row.platform === platform)
    .filter((row) => `${row.kind} ${row.name ?? 'other names'}`.toLowerCase().includes(text))
    .toSorted((a, b) => received(b) - received(a));
  if (rows.length === 0) return <NoRows what="names" />;
  return (
    <>
      <CountsTable
        caption="Events by name"
        head="Name"
        rows={rows.slice(0, limit)}
        keyOf={(row) => JSON.stringify([row.platform, row.kind, row.name])}
        countsOf={(row) => row}
        main={(row) => (
          <Link
            class="row-link"
            to={{ view: 'events', platform: row.platform, kind: row.kind, name: row.name || undefined }}
          >
            <EventTitle event={row} />
          </Link>
        )}
      />
      {rows.length > limit && (
        <button type="button" class="button older" onClick={() => setLimit(limit + 300)}>
          Show more of {rows.length.toLocaleString('en')} names
        </button>
      )}
    </>
  );
}

/** The people of each platform, with all ids that it joined to them. */
export function PeopleView() {
  const { platform, search } = place.use();
  const { revision } = live.use();
  const [limit, setLimit] = useState(PAGE);
  const { value, error } = useLatest<PeopleResponse>(
    `people${queryOf({ platform, search, limit })}`,
    revision,
  );
  if (error !== undefined) return <p class="tone rejected">The search was not run: {error}</p>;
  if (value === undefined) return null;
  const { more, forgotten } = value;
  const people = value.people.map((person) => ({ ...person, ids: sorted(person.ids) }));
  if (people.length === 0) return <NoRows what="people" />;
  return (
    <>
      <CountsTable
        caption="People, latest first"
        head="Person"
        rows={people}
        keyOf={(person) => `${person.platform} ${person.ids[0]}`}
        countsOf={({ events }) => events}
        main={({ platform: of, ids, idCount }) => (
          <>
            <Link class="row-link" to={{ view: 'events', platform: of, person: ids[0] }}>
              <SentText text={ids[0] ?? ''} />
            </Link>
            <OtherIds ids={ids.slice(1)} count={idCount - 1} />
          </>
        )}
        more={[
          {
            head: 'Last event',
            class: 'time wide',
            cell: ({ lastReceivedAt }) => <Time at={lastReceivedAt} />,
          },
        ]}
      />
      {more && limit < MOST && (
        <button type="button" class="button older" onClick={() => setLimit(Math.min(limit + 300, MOST))}>
          Show more people
        </button>
      )}
      {forgotten > 0 && (
        <p class="list-end muted">
          {forgotten.toLocaleString('en')} more people are no longer listed: newer ones displaced them.
        </p>
      )}
    </>
  );
}

function OtherIds({ ids, count }: { readonly ids: readonly string[]; readonly count: number }) {
  if (ids.length === 0) return null;
  return (
    <small>
      <span class="off-screen">joined with </span>
      {ids.slice(0, IDS_SHOWN).map((id) => (
        <>
          <span key={id} class="id-chip">
            <SentText text={id} />
          </span>{' '}
        </>
      ))}
      {count > IDS_SHOWN && <span class="muted">and {count - IDS_SHOWN} more</span>}
    </small>
  );
}

/** The shortest first: a user's id is mostly shorter than a browser's. So a row keeps its name while ids join it. */
function sorted(ids: readonly string[]): readonly string[] {
  return ids.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** A table of names or people: the platform of each row, and its counts by outcome. */
function CountsTable<T extends { readonly platform: string }>({
  caption,
  head,
  rows,
  keyOf,
  countsOf,
  main,
  more = [],
}: {
  readonly caption: string;
  readonly head: string;
  readonly main: (row: T) => ComponentChildren;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly countsOf: (row: T) => OutcomeCounts;
  readonly more?: readonly Column<T>[];
}) {
  const first = (row: T): ComponentChildren => (
    <>
      {main(row)}
      <small class="sub muted">
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
