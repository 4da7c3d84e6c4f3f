import { useEffect, useReducer } from 'preact/hooks';

/** A value, and its watchers: a component that uses it renders again when it changes. */
export function createStore<T>(initial: T) {
  let value = initial;
  const watchers = new Set<() => void>();
  return {
    get: (): T => value,
    set(next: T): void {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of watchers) watcher();
    },
    use(): T {
      const [, render] = useReducer((count: number) => count + 1, 0);
      const rendered = value;
      useEffect(() => {
        const watcher = (): void => render(undefined);
        watchers.add(watcher);
        if (!Object.is(rendered, value)) watcher(); // it changed before this effect ran
        return () => void watchers.delete(watcher);
      }, []);
      return value;
    },
  };
}
