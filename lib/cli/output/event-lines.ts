import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import type { Session } from '../session.js';
import { EVENT_COLUMNS, eventRow, eventWithEnds } from './event-row.js';
import { safeJson } from './safe-text.js';
import { RowWriter } from './table.js';

/** Writes events as they come: rows of a table, or JSON lines. */
export class EventLines {
  readonly #rows: RowWriter;
  #count = 0;

  constructor(private readonly session: Session) {
    this.#rows = new RowWriter(EVENT_COLUMNS, session.terminal.columns);
  }

  /** How many were written. */
  get count(): number {
    return this.#count;
  }

  async write(event: JournalEvent): Promise<void> {
    const { terminal, json } = this.session;
    if (json) await terminal.write(`${safeJson(eventWithEnds(event))}\n`);
    else {
      if (this.#count === 0) await terminal.write(this.#rows.titles());
      await terminal.write(this.#rows.row(eventRow(event)));
    }
    this.#count++;
  }
}
