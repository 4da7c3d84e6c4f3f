import { useEffect, useRef, useState } from 'preact/hooks';
import { queryOf, read } from './api.js';
import { useLatest } from './latest.js';
import { live } from './live.js';

/** A part of a list, newest first, as the API gives it. */
interface Slice<T> {
  readonly rows: readonly T[];
  /** The number before which older rows begin; null: there are none. */
  readonly next: number | null;
  readonly forgotten: number;
}

export const PAGE = 100;
/** More rows would make the page slow; the search finds older ones. */
export const MOST_ROWS = 1_000;

type Answer = Readonly<Record<string, unknown>>;
export type Filters = Readonly<Record<string, string | undefined>>;

/** The newest rows, live. They stay as they are while one is open, while the list is scrolled, and once older ones were added. */
export function useList<T extends { readonly number: number }>(
  what: 'events' | 'requests',
  filters: Filters,
  isOpen: boolean,
) {
  const { revision, stats } = live.use();
  const path = `${what}${queryOf({ ...filters, limit: PAGE })}`;
  const found = useLatest<Answer>(path, revision);
  const latest = found.value === undefined ? undefined : sliceOf<T>(found.value, what);
  // After a reset, in a new collector, and with other filters it is another list.
  const key = `${found.isCurrent ? path : ''} ${stats?.startedAt} ${stats?.since}`;
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
