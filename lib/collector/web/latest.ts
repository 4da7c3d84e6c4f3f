import { useEffect, useRef, useState } from 'preact/hooks';
import { read, ApiError } from './api.js';

const RETRY_MS = 1_000;

/** The latest answer of a path, read at each revision, one request at a time. It stays until the next arrives. Undefined is not read. */
export function useLatest<T>(path: string | undefined, revision: string) {
  const [found, setFound] = useState<{ path?: string; value?: T; error?: string }>({});
  const wanted = useRef({ path, revision });
  wanted.current = { path, revision };
  const running = useRef<{ path: string; abort: AbortController } | undefined>(undefined);

  useEffect(() => {
    if (path === undefined || revision === '' || running.current?.path === path) return;
    running.current?.abort.abort();
    const abort = new AbortController();
    running.current = { path, abort };
    const load = async (): Promise<void> => {
      // If the revision changes during the request, it reads once more. Without an answer it retries.
      for (let done = ''; done !== wanted.current.revision && wanted.current.path === path;) {
        const asked = wanted.current.revision;
        const next = await readOnce<T>(path, abort.signal);
        if (abort.signal.aborted) return;
        if (next === undefined) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        else {
          done = asked;
          setFound(next);
        }
      }
      if (running.current?.abort === abort) running.current = undefined;
    };
    void load();
  }, [path, revision]);

  useEffect(() => () => running.current?.abort.abort(), []);
  const isCurrent = found.path === path;
  return { value: found.value, error: isCurrent ? found.error : undefined, isCurrent };
}

/** Undefined: there was no answer. The header says that the collector is not running, and the page keeps what it has. */
async function readOnce<T>(
  path: string,
  signal: AbortSignal,
): Promise<{ path: string; value?: T; error?: string } | undefined> {
  try {
    return { path, value: await read<T>(path, signal) };
  } catch (error) {
    return error instanceof ApiError ? { path, error: error.message } : undefined;
  }
}
