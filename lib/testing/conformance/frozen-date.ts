/** Runs synchronous code at a fixed time of the wall clock: the same code again finds the same time. */
export function atDate<T>(ms: number, run: () => T): T {
  const RealDate = globalThis.Date;
  const stopped = { now: () => ms };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, as) =>
      Reflect.construct(target, given.length === 0 ? [ms] : given, as) as object,
    apply: () => new RealDate(ms).toString(),
    get: (target, member) => (member === 'now' ? stopped.now : (Reflect.get(target, member) as unknown)),
  });
  try {
    return run();
  } finally {
    globalThis.Date = RealDate;
  }
}
