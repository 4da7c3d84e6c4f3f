import { useEffect, useRef, useState } from 'preact/hooks';
import { read } from './api.js';

/** An answer of the API, read again when the revision changes; the earlier one stays until the new one is there. */
export interface Latest<T> {
  readonly value: T | undefined;
  /** The API's sentence, where it refused the query. */
  readonly error: string | undefined;
  /** Whether the value belongs to the path that was asked for. */
  readonly isCurrent: boolean;
}

/** Reads a path of the API, and again at each revision. One request at a time. */
export function useLatest<T>(path: string | undefined, revision: string): Latest<T> {
  const [found, setFound] = useState<{ path?: string; value?: T; error?: string }>({});
  const wanted = useRef('');
  const running = useRef<AbortController | undefined>(undefined);
  const runningPath = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (path === undefined || revision === '') return;
    wanted.current = `${path} ${revision}`;
    if (runningPath.current === path) return; // it starts again when this one is done
    running.current?.abort();
    const load = async (): Promise<void> => {
      const abort = (running.current = new AbortController());
      runningPath.current = path;
      for (let done = ''; done !== wanted.current && !abort.signal.aborted;) {
        done = wanted.current;
        try {
          const value = await read<T>(path, abort.signal);
          if (!abort.signal.aborted) setFound({ path, value });
        } catch (error) {
          // Without an answer the header says that the collector does not run, and the list stays.
          const isRefusal = !(error instanceof TypeError) && !(error instanceof DOMException);
          if (isRefusal && !abort.signal.aborted) setFound({ path, error: (error as Error).message });
        }
      }
      if (running.current === abort) runningPath.current = undefined;
    };
    void load();
  }, [path, revision]);

  useEffect(
    () => () => {
      running.current?.abort();
      runningPath.current = undefined;
    },
    [],
  );

  return {
    value: found.value,
    error: found.path === path ? found.error : undefined,
    isCurrent: found.path === path,
  };
}
