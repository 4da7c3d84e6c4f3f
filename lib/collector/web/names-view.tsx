import { useState } from 'preact/hooks';
import type { NameCounts, StatsResponse } from '../api/responses.js';
import { CountsTable } from './counts-table.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live } from './live.js';
import { NoRows } from './no-rows.js';
import { place } from './place.js';
import { EventTitle } from './parts/badges.js';

const PAGE = 100;

/** How often each event arrived, by its name. */
export function NamesView() {
  const { platform, search = '' } = place.use();
  const [limit, setLimit] = useState(PAGE);
  const names = useLatest<StatsResponse>('stats', live.use().revision).value?.names;
  if (names === undefined) return null;
  const text = search.toLowerCase();
  const rows = names
    .filter((row) => platform === undefined || row.platform === platform)
    .filter((row) => `${row.kind} ${row.name ?? 'other names'}`.toLowerCase().includes(text))
    .toSorted((a, b) => total(b) - total(a));
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

function total({ delivered, duplicate, rejected, dropped }: NameCounts): number {
  return delivered + duplicate + rejected + dropped;
}
