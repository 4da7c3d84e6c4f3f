import { useEffect, useRef, useState } from 'preact/hooks';

interface Numbered {
  readonly number: number;
}

/** A list that stays under the reader: while it is held, newer items are counted, not shown. */
export interface Held<T> {
  readonly shown: readonly T[] | undefined;
  /** Newer items that are not shown. */
  readonly newer: number;
  readonly showNewer: () => void;
}

/** Holds a list, newest first, while `isHeld`. Another `key` is another list, which is shown at once. */
export function useHeld<T extends Numbered>(
  latest: readonly T[] | undefined,
  key: string,
  isHeld: boolean,
): Held<T> {
  const kept = useRef<{ key: string; items: readonly T[] | undefined }>({ key, items: latest });
  const [, render] = useState(0);
  const { current } = kept;
  const newest = current.items?.[0]?.number ?? 0;
  // A collector that was reset or started again counts from 1: the list of before is gone.
  const isOther = current.key !== key || (latest?.[0]?.number ?? 0) < newest;
  const showsLatest = !isHeld || isOther || current.items === undefined;
  useEffect(() => {
    if (showsLatest) kept.current = { key, items: latest };
  });
  const shown = showsLatest ? latest : current.items;
  return {
    shown,
    newer: showsLatest ? 0 : (latest ?? []).filter(({ number }) => number > newest).length,
    showNewer: () => {
      kept.current = { key, items: latest };
      render((count) => count + 1);
    },
  };
}

/** Whether the reader has scrolled the start of a list out of sight. */
export function useScrolledPast<E extends Element>(): [ref: Ref<E>, isPast: boolean] {
  const ref = useRef<E>(null);
  const [isPast, setIsPast] = useState(false);
  useEffect(() => {
    const start = ref.current;
    if (start === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry !== undefined) setIsPast(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    observer.observe(start);
    return () => observer.disconnect();
  }, []);
  return [ref, isPast];
}

type Ref<E> = { current: E | null };
