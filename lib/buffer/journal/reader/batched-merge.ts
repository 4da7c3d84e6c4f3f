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
 * Merges streams, each nearly in order of time, into one. A stream is opened only when the others get to its earliest time,
 * so that hundreds of folders, of which few were written at once, need the memory of those few.
 */
export async function* mergeByTime<T>(
  sources: readonly Source<T>[],
  timeOf: (item: T) => number,
): AsyncGenerator<T> {
  const closed = [...sources].toSorted((a, b) => b.from - a.from);
  let heads: Head<T>[] = [];
  const open = async (before: number): Promise<void> => {
    for (let last = closed.at(-1); last !== undefined && last.from <= before; last = closed.at(-1)) {
      closed.pop();
      const head = { stream: last.open(), group: [], next: 0 };
      if (await refill(head)) heads.push(head);
    }
  };
  try {
    for (;;) {
      if (heads.length === 0) {
        const next = closed.at(-1);
        if (next === undefined) return;
        await open(next.from);
        continue;
      }
      const first = earliest(heads, timeOf);
      const time = timeOf(first.group[first.next]!);
      if (closed.length > 0 && closed.at(-1)!.from <= time) {
        await open(time);
        continue;
      }
      yield first.group[first.next++]!;
      if (first.next >= first.group.length && !(await refill(first))) {
        heads = heads.filter((head) => head !== first);
      }
    }
  } finally {
    for (const { stream } of heads) await stream.return(undefined);
  }
}

function earliest<T>(heads: readonly Head<T>[], timeOf: (item: T) => number): Head<T> {
  let first = heads[0]!;
  if (heads.length === 1) return first;
  let time = timeOf(first.group[first.next]!);
  for (const head of heads) {
    const own = timeOf(head.group[head.next]!);
    if (own < time) {
      first = head;
      time = own;
    }
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
