import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { counted } from '../../event/counted.js';
import type { ListPart } from '../api/responses.js';
import { queryOf, read } from './api.js';
import { useLatest } from './latest.js';
import { Link } from './link.js';
import { live } from './live.js';
import { type Column, Table } from './parts/table.js';
import { place } from './place.js';

interface Slice<T> extends ListPart {
  readonly rows: readonly T[];
}

const PAGE = 100;
/** More rows would make the page slow; the search finds older ones. */
const MOST_ROWS = 1_000;

type Answer = Readonly<Record<string, unknown>>;
type Filters = Readonly<Record<string, string | undefined>>;

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

/** The newest rows, live. They stay as they are while one is open, while the list is scrolled, and once older ones were added. */
function useList<T extends { readonly number: number }>(
  what: 'events' | 'requests',
  filters: Filters,
  isOpen: boolean,
) {
  const { revision, stats } = live.use();
  const path = `${what}${queryOf({ ...filters, limit: PAGE })}`;
  const found = useLatest<Answer>(path, revision);
  const latest = found.value === undefined ? undefined : sliceOf<T>(found.value, what);
  // After a reset, in a new collector, and with other filters it is another list.
  const currentPath = found.isCurrent ? path : '';
  const key = `${currentPath} ${stats?.startedAt} ${stats?.since}`;
  const [start, isPast] = usePast();
  const [kept, setKept] = useState<{ key: string; slice: Slice<T> } | undefined>();
  const isLonger = (kept?.slice.rows.length ?? 0) > PAGE;
  const isHeld = kept !== undefined && kept.key === key && (isOpen || isPast || isLonger);
  const shown = isHeld ? kept.slice : latest;

  // Remembers what is shown, so that it can be held from here on.
  useEffect(() => {
    if (!isHeld && latest !== undefined && found.isCurrent) setKept({ key, slice: latest });
  }, [isHeld, found.value, key]);

  const newest = shown?.rows[0]?.number ?? 0;
  return {
    ...shown,
    error: found.error,
    /** Number of newer rows that are held back while the reader has scrolled. */
    newer: isHeld ? (latest?.rows ?? []).filter(({ number }) => number > newest).length : 0,
    showNewer: () => latest !== undefined && setKept({ key, slice: latest }),
    showOlder: () => {
      const before = shown?.next;
      if (shown === undefined || before == null) return;
      void read<Answer>(`${what}${queryOf({ ...filters, limit: PAGE, before })}`).then(
        (value) => {
          const more = sliceOf<T>(value, what);
          setKept({ key, slice: { ...more, rows: [...shown.rows, ...more.rows] } });
        },
        () => {}, // the header says that the collector is not running
      );
    },
    start,
  };
}

function sliceOf<T>(value: Answer, what: string): Slice<T> {
  const { [what]: rows, next, forgotten } = value;
  return { rows, next, forgotten } as Slice<T>;
}

/** Whether the reader has scrolled the start of the list out of sight. */
function usePast(): [ref: { current: HTMLDivElement | null }, isPast: boolean] {
  const ref = useRef<HTMLDivElement>(null);
  const [isPast, setIsPast] = useState(false);
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry !== undefined) setIsPast(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, isPast];
}
