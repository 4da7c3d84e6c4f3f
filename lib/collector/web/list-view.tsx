import type { ComponentChildren } from 'preact';
import { counted } from '../../event/counted.js';
import { Link } from './link.js';
import { type Filters, MOST_ROWS, PAGE, useList } from './list.js';
import { type Column, Table } from './parts/table.js';
import { place } from './place.js';

/** The latest events or requests, newest first, with buttons for newer and older ones, and the open one in a panel. */
export function ListView<T extends { readonly number: number }>({
  what,
  filters,
  open,
  columns,
  panel,
}: {
  readonly what: 'events' | 'requests';
  readonly filters: Filters;
  readonly open: number | undefined;
  readonly columns: readonly Column<T>[];
  readonly panel: (number: number, listed: T | undefined) => ComponentChildren;
}) {
  const list = useList<T>(what, filters, open !== undefined);
  const { rows, next, forgotten = 0, error, newer, showNewer, showOlder, start } = list;
  const count = rows?.length ?? 0;
  return (
    <div class="split stack">
      <div class="surface">
        <div ref={start} />
        {error !== undefined && (
          <p class="problems rejected" role="alert">
            {error}
          </p>
        )}
        <div class="newer-place">
          {newer > 0 && (
            <button
              type="button"
              class="button primary round"
              onClick={() => {
                showNewer();
                start.current?.scrollIntoView({ block: 'center' });
              }}
            >
              {newer >= PAGE ? `${PAGE} or more new ${what}` : counted(newer, `new ${what.slice(0, -1)}`)}
            </button>
          )}
        </div>
        {rows !== undefined && count === 0 && error === undefined && <NoRows what={what} />}
        {count > 0 && (
          <Table
            caption={`Latest ${what}, newest first`}
            rows={rows ?? []}
            keyOf={({ number }) => number}
            isOpen={({ number }) => number === open}
            columns={columns}
          />
        )}
        {next != null && count < MOST_ROWS && (
          <button type="button" class="button older" onClick={showOlder}>
            Show older {what}
          </button>
        )}
        {next != null && count >= MOST_ROWS && (
          <p class="list-end muted">
            These are the latest {count.toLocaleString('en')}. Use the search to find older ones.
          </p>
        )}
        {next === null && count > 0 && forgotten > 0 && (
          <p class="list-end muted">
            {forgotten.toLocaleString('en')} older {what} are in the counts. The collector lists the latest
            only.
          </p>
        )}
      </div>
      {open !== undefined &&
        panel(
          open,
          rows?.find(({ number }) => number === open),
        )}
    </div>
  );
}

/** Explains an empty list: its filters match nothing, or nothing arrived. */
export function NoRows({ what }: { readonly what: string }) {
  const { view, ...filters } = place.use();
  const isFiltered = Object.values(filters).some((each) => each !== undefined);
  return (
    <div class="empty muted">
      <h3>{isFiltered ? `No ${what} match` : `No ${what} yet`}</h3>
      {isFiltered ? (
        <p>
          The lists keep only the latest; the counts include everything.{' '}
          <Link to={{ view }}>Remove all filters</Link>
        </p>
      ) : (
        <p>They appear here within a second after your application sends them.</p>
      )}
    </div>
  );
}
