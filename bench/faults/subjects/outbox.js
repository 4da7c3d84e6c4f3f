import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';

/**
 * A hand-written outbox: a table, and a loop that sends its rows with fetch(). It retries network errors, 408, 429 and 5xx with
 * growing pauses, and marks the rows of any other answer as failed; a person has to check them.
 */
export const label = 'hand-written outbox';

/** The caller waits for the insert, as it would in a transaction. */
export const awaited = true;

const BATCH = 100;
const IDLE_MS = 100;
const MAX_PAUSE_MS = 30_000;

export async function create({ url, folder }) {
  const db = await PGlite.create(folder);
  await db.exec(`create table if not exists outbox (
    id bigserial primary key, event jsonb not null, failed boolean not null default false)`);
  const stop = new AbortController();
  const loop = sendRows().catch((error) => {
    if (!stop.signal.aborted) throw error;
  });

  async function sendRows() {
    for (let failures = 0; !stop.signal.aborted;) {
      const { rows } = await db.query('select id, event from outbox where not failed order by id limit $1', [
        BATCH,
      ]);
      if (rows.length === 0) {
        await sleep(IDLE_MS, undefined, stop);
        continue;
      }
      const status = await post(rows.map(({ id, event }) => ({ id, ...event })));
      const ids = rows.map(({ id }) => id);
      const isTemporary = status === 0 || status === 408 || status === 429 || status >= 500;
      if (status >= 200 && status < 300) await db.query('delete from outbox where id = any($1)', [ids]);
      else if (!isTemporary) await db.query('update outbox set failed = true where id = any($1)', [ids]);
      failures = isTemporary ? failures + 1 : 0;
      if (isTemporary) await sleep(Math.min(500 * 2 ** failures, MAX_PAUSE_MS), undefined, stop);
    }
  }

  /** 0: no answer. */
  async function post(events) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events),
        signal: AbortSignal.timeout(10_000),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  return {
    track: (properties) =>
      db.query('insert into outbox (event) values ($1)', [{ name: 'Order Completed', properties }]),
    async close() {
      stop.abort();
      await loop;
      await db.close();
    },
  };
}
