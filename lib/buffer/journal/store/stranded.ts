import { relative } from 'node:path';
import type { StrandedEvents } from '../../../event/stranded.js';
import { journalMessages } from '../journal.messages.js';
import { accountLabel } from '../ownership/accounts.js';
import type { ForeignFolder } from '../ownership/adoption.js';
import type { Denied } from '../ownership/denied.js';
import { LaneNames } from '../ownership/lane-names.js';
import { unlessDiskFails } from './environment.js';
import { JournalFolder } from './segment.js';
import { recover } from './recovery.js';
import type { JournalStore } from './journal-store.js';

type Rows = readonly StrandedEvents[];

/** Pending events that this process cannot deliver: in its own folders, and in folders without an owner. */
export class Stranded {
  /** By path of a folder without an owner. */
  readonly #foreign = new Map<string, Rows>();
  /** Paths of folders that could not be counted. */
  readonly #failed = new Set<string>();
  #counting: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly store: Pick<JournalStore, 'files' | 'log' | 'options' | 'setup' | 'folders'>,
  ) {}

  get rows(): StrandedEvents[] {
    const held = this.store.folders.all.map((folder) => this.ofHeld(folder));
    return [...held, ...this.#foreign.values()].flat();
  }

  /** All rows, with one for each denied path, whose events cannot be counted. */
  with(denied: readonly Denied[]): StrandedEvents[] {
    const { rows } = this;
    const known = new Set(rows.map(({ folder }) => folder));
    const others = denied.map(({ path }) => this.#row({ path, reason: 'unreadable' }, undefined, null));
    return [...rows, ...others.filter(({ folder }) => !known.has(folder))];
  }

  /** The rows of one folder of this process. */
  ofHeld({ path, names, segments }: JournalFolder): Rows {
    const counts = new Map<string, number>();
    for (const { orphans } of segments) {
      for (const [lane, events] of orphans) counts.set(lane, (counts.get(lane) ?? 0) + events);
    }
    return [...counts].map(([lane, events]) => this.#row({ path, names }, lane, events));
  }

  /** Paths of the folders that had no owner at the last look, with the pending events of each. */
  get unowned(): readonly (readonly [path: string, rows: Rows])[] {
    return [...this.#foreign];
  }

  /** Replaces the folders without an owner by those of the last look, and counts the events of new ones. */
  update(foreign: readonly ForeignFolder[]): void {
    const paths = new Set(foreign.map(({ path }) => path));
    for (const path of this.#foreign.keys()) {
      if (!paths.has(path)) this.#foreign.delete(path);
    }
    const uncounted = foreign.filter(({ path }) => this.#failed.delete(path) || !this.#foreign.has(path));
    for (const folder of uncounted) {
      const { path, names } = folder;
      this.#foreign.set(path, this.#uncounted(folder));
      if (names !== undefined) this.#counting = this.#counting.then(() => this.#count(folder, names));
    }
  }

  /** A folder is given back: its rows stay until the next look. */
  leave(path: string, rows: Rows): void {
    const folder = relative(this.store.options.directory, path);
    this.#foreign.set(
      path,
      rows.map((row) => ({ ...row, folder })),
    );
  }

  /** Logs one line for each account, when all known events are counted. */
  async log(): Promise<void> {
    await this.#counting;
    if (this.#stopped) return;
    const groups = new Map<string, StrandedEvents[]>();
    for (const row of this.rows) {
      const key = `${row.reason} ${row.account ?? row.folder}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    const { log } = this.store;
    for (const [key, rows] of groups) {
      const [row] = rows as [StrandedEvents];
      const message = (): string =>
        journalMessages.stranded(
          row,
          rows.reduce((sum, { events }) => sum + (events ?? 0), 0),
        );
      if (row.reason === 'account_changed') log.errorOnce('account_changed', key, message);
      else log.warnOnce('stranded', key, message);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#counting;
  }

  #uncounted(folder: ForeignFolder): Rows {
    const { names, reason } = folder;
    const lanes = names === undefined || reason !== undefined ? [undefined] : [...names.strangers.keys()];
    return lanes.map((lane) => this.#row(folder, lane, null));
  }

  /** Reads the folder as its next owner will, and changes nothing. Never rejects. */
  async #count(foreign: ForeignFolder, names: LaneNames): Promise<void> {
    const { files, log } = this.store;
    const { path, origin } = foreign;
    const counts = new Map<string, number>();
    const folder = new JournalFolder(path, origin, names);
    const isStopped = (): boolean => this.#stopped || !this.#foreign.has(path);
    const isRead = await unlessDiskFails(log, 'counting stranded events', async () => {
      await recover(folder, {
        files,
        isStopped,
        onFound: (_, parts) => {
          for (const [lane, { events }] of parts) counts.set(lane, (counts.get(lane) ?? 0) + events);
        },
      });
      return !folder.isUnreadable;
    });
    if (isStopped()) return;
    if (isRead !== true) {
      // Counted again at the next look.
      this.#failed.add(path);
      return;
    }
    this.#foreign.set(
      path,
      [...counts].map(([lane, events]) => this.#row(foreign, lane, events)),
    );
  }

  #row(
    { path, names, reason }: Pick<ForeignFolder, 'path' | 'names' | 'reason'>,
    lane: string | undefined,
    events: number | null,
  ): StrandedEvents {
    const { options, setup } = this.store;
    const stranger = lane === undefined ? undefined : names?.strangers.get(lane);
    const account = stranger?.account ?? (lane === undefined ? undefined : setup.accounts[lane]);
    return {
      folder: relative(options.directory, path),
      destination: stranger?.destination ?? lane ?? null,
      account: account === undefined ? null : accountLabel(account),
      reason: reason ?? stranger?.reason ?? 'not_configured',
      events,
    };
  }
}
