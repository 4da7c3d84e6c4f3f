/** A stream whose items come in groups, and the earliest time that any of them can have. */
export interface Source<T> {
  readonly from: number;
  open(): AsyncGenerator<readonly T[]>;
}

interface Head<T> {
  readonly stream: AsyncGenerator<readonly T[]>;
  group: readonly T[];
  next: number;
}

/**
 * Merges streams, each nearly in order of time, into one. A stream is opened only when the others reach its earliest
 * time. So of hundreds of folders, only those that were written at the same time need memory at the same time.
 */
export async function* mergeByTime<T>(
  sources: readonly Source<T>[],
  timeOf: (item: T) => number,
): AsyncGenerator<T> {
  const closed = [...sources].toSorted((a, b) => b.from - a.from);
  const heads = new Set<Head<T>>();
  try {
    for (;;) {
      const first = earliest(heads, timeOf);
      const next = closed.at(-1);
      if (next !== undefined && (first === undefined || next.from <= first.time)) {
        closed.pop();
        const head = { stream: next.open(), group: [], next: 0 };
        if (await refill(head)) heads.add(head);
        continue;
      }
      if (first === undefined) return;
      const { head } = first;
      yield head.group[head.next++]!;
      if (head.next >= head.group.length && !(await refill(head))) heads.delete(head);
    }
  } finally {
    for (const { stream } of heads) await stream.return(undefined);
  }
}

function earliest<T>(
  heads: Iterable<Head<T>>,
  timeOf: (item: T) => number,
): { readonly head: Head<T>; readonly time: number } | undefined {
  let first: { head: Head<T>; time: number } | undefined;
  for (const head of heads) {
    const time = timeOf(head.group[head.next]!);
    if (first === undefined || time < first.time) first = { head, time };
  }
  return first;
}

async function refill<T>(head: Head<T>): Promise<boolean> {
  head.next = 0;
  do {
    const { done, value } = await head.stream.next();
    if (done === true) return false;
    head.group = value;
  } while (head.group.length === 0);
  return true;
}
