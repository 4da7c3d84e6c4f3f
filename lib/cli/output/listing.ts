import { cliMessages } from '../cli.messages.js';
import type { Session } from '../session.js';
import { RowWriter, type Column } from './table.js';

/** How a list shows its items: as cells of a table, and as JSON. */
export interface ListForm<T> {
  readonly columns: readonly Column[];
  readonly cells: (item: T) => readonly string[];
  readonly json: (item: T) => object;
}

/** Writes items as they are read: rows of a table, or one JSON object per line. */
export class Listing<T> {
  readonly #rows: RowWriter;
  #count = 0;

  /** @param screen the width of the table; default: that of the terminal */
  constructor(
    private readonly session: Pick<Session, 'terminal' | 'json'>,
    private readonly form: ListForm<T>,
    screen = session.terminal.columns,
  ) {
    this.#rows = new RowWriter(form.columns, screen);
  }

  async write(item: T): Promise<void> {
    const { terminal, json } = this.session;
    if (json) await terminal.writeJson(this.form.json(item));
    else {
      const titles = this.#count === 0 ? this.#rows.titles() : '';
      await terminal.write(titles + this.#rows.row(this.form.cells(item)));
    }
    this.#count++;
  }

  /** Writes items up to a number, by default all, and reports that there are none. */
  async writeAll(items: AsyncIterable<T>, limit = Infinity): Promise<void> {
    for await (const item of items) {
      await this.write(item);
      if (this.#count === limit) break;
    }
    if (this.#count === 0) this.session.terminal.tell(cliMessages.nothingMatches());
  }
}
