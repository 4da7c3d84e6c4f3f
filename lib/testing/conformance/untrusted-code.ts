import type { TrackingEvent } from '../../event/tracking-event.js';

/** The result of code of a destination. @throws Error with `sentence`, which gets the message of an error of that code */
export function orBroken<T>(run: () => T, sentence: (error: string) => string): T {
  try {
    return run();
  } catch (error) {
    throw broken(sentence, error);
  }
}

export function broken(sentence: (error: string) => string, error: unknown): Error {
  return new Error(sentence(messageOf(error)), { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs synchronous code at a fixed time of the wall clock. */
export function atDate<T>(ms: number, run: () => T): T {
  const RealDate = globalThis.Date;
  const now = (): number => ms;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, as) =>
      Reflect.construct(target, given.length === 0 ? [ms] : given, as) as object,
    apply: () => new RealDate(ms).toString(),
    get: (target, member) => (member === 'now' ? now : (Reflect.get(target, member) as unknown)),
  });
  try {
    return run();
  } finally {
    globalThis.Date = RealDate;
  }
}

/** Counts reads of an event's properties, and attempts to change it. Such an attempt has no effect and no error. */
export function watchedEvent(event: TrackingEvent) {
  const seen = { reads: 0, changes: 0 };
  const change = (): boolean => {
    seen.changes++;
    return true;
  };
  const changes = { set: change, defineProperty: change, deleteProperty: change };
  const get = (properties: TrackingEvent['properties'], name: string | symbol): unknown => {
    seen.reads++;
    return properties[name as string];
  };
  const properties = new Proxy(event.properties, { ...changes, get });
  return { seen, event: new Proxy({ ...event, properties }, changes) };
}
