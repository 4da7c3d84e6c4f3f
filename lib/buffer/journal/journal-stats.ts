import type { JournalStats } from '../event-buffer.js';
import type { JournalParts } from './journal-parts.js';

/** The state of a journal, for `stats()`. */
export function journalStats(parts: JournalParts, isClosed: boolean): JournalStats {
  const { writer, folders, damaged, stranded, attachment, heartbeat, lookout } = parts;
  const { blocked } = heartbeat;
  const denied = [...(blocked === undefined ? [] : [blocked]), ...lookout.denied, ...attachment.denied];
  return {
    state: isClosed ? 'closed' : stateOf(writer.failing, writer.hasOpened),
    cause: writer.failing ?? null,
    folder: folders.own?.path ?? null,
    bytes: folders.bytes,
    segments: folders.segments,
    uncommitted: writer.events,
    damaged: damaged.count,
    stranded: stranded.with(denied),
    recovering: attachment.isReading || attachment.isIncomplete,
    unreadable: denied.map(({ path, code, uid = null }) => ({ path, code, uid })),
  };
}

function stateOf(cause: string | undefined, hasOpened: boolean): JournalStats['state'] {
  if (cause !== undefined) return 'failing';
  return hasOpened ? 'open' : 'opening';
}
