import { useState } from 'preact/hooks';
import type { PeopleResponse } from '../api/responses.js';
import { queryOf } from './api.js';
import { CountsTable } from './counts-table.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live } from './live.js';
import { NoRows } from './no-rows.js';
import { SentText } from './parts/sent-text.js';
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
