import { useEffect, useReducer } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** The value; the component renders again when it changes. */
  use(): T;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of watchers) watcher();
    },
    use() {
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
