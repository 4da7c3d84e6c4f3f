import { useState } from 'preact/hooks';
import { queryOf, type Person } from './api.js';
import { countColumns, OtherCounts } from './counts-columns.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live } from './live.js';
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
  const { value: people, error } = useLatest<readonly Person[]>(
    `people${queryOf({ platform, search, limit })}`,
    revision,
  );
  if (error !== undefined) return <p class="refused">The search was not run: {error}</p>;
  if (people === undefined) return null;
  if (people.length === 0) return <NoRows what="people" />;
  return (
    <>
      <Table
        caption="People, latest first"
        class="people"
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
                <OtherIds ids={person.ids.slice(1)} />
                <small class="sub">
                  {person.platform}
                  <OtherCounts of={person} />
                </small>
              </>
            ),
          },
          { head: 'Platform', class: 'wide', cell: (person) => person.platform },
          ...countColumns<Person>(),
          {
            head: 'Last event',
            class: 'time wide',
            cell: ({ lastSeenAt }) => lastSeenAt !== undefined && <Time at={lastSeenAt} />,
          },
        ]}
      />
      {people.length >= limit && limit < MOST && (
        <button type="button" class="button older" onClick={() => setLimit(Math.min(limit + 300, MOST))}>
          Show more people
        </button>
      )}
    </>
  );
}

function OtherIds({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <small class="ids">
      <span class="off-screen">joined with </span>
      {ids.slice(0, IDS_SHOWN).map((id) => (
        <span key={id} class="id-chip">
          <SentText text={id} />
        </span>
      ))}
      {ids.length > IDS_SHOWN && <span class="muted">and {ids.length - IDS_SHOWN} more</span>}
    </small>
  );
}
