import { useState } from 'preact/hooks';
import type { ListedPerson, PeopleResponse } from '../api/responses.js';
import { queryOf } from './api.js';
import { countColumns, OtherCounts } from './counts-columns.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live, titleOf } from './live.js';
import { NoRows } from './no-rows.js';
import { SentText } from './parts/sent-text.js';
import { Table } from './parts/table.js';
import { Time } from './parts/time.js';
import { place } from './place.js';

const PAGE = 100;
const MOST = 1_000;
const IDS_SHOWN = 4;

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
      <Table
        caption="People, latest first"
        class="surface"
        rows={people}
        keyOf={(person) => `${person.platform} ${person.ids[0]}`}
        columns={[
          {
            head: 'Person',
            class: 'main',
            cell: (person) => (
              <>
                <Link
                  class="row-link"
                  to={{ view: 'events', platform: person.platform, person: person.ids[0] }}
                >
                  <SentText text={person.ids[0] ?? ''} />
                </Link>
                <OtherIds ids={person.ids.slice(1)} count={person.idCount - 1} />
                <small class="sub">
                  {titleOf(person.platform)}
                  <OtherCounts of={person.events} />
                </small>
              </>
            ),
          },
          { head: 'Platform', class: 'wide', cell: (person) => titleOf(person.platform) },
          ...countColumns<ListedPerson>(({ events }) => events),
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
        <p class="list-end">
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
