import { relative } from 'node:path';
import type { Log } from '../../../host/log.js';
import type { StrandedEvents } from '../../../event/stranded.js';
import type { Files } from '../files/files.js';
import { journalMessages } from '../journal.messages.js';
import { accountLabel, type Accounts } from '../ownership/accounts.js';
import type { ForeignFolder } from '../ownership/adoption.js';
import type { Denied } from '../ownership/denied.js';
import { LaneNames } from '../ownership/lane-names.js';
import { JournalFolder } from './journal-folder.js';
import { recover } from './recovery.js';

/** The environment that it needs. */
export interface StrandedSetup {
  readonly files: Files;
  readonly directory: string;
  readonly accounts: Accounts;
  readonly log: Log;
  /** Folders that we hold; lanes in them may be strangers. */
  held(): readonly JournalFolder[];
}

type Rows = readonly StrandedEvents[];

/** Pending events of the directory that we cannot deliver: in folders that we hold, and in those that nobody owns. */
export class Stranded {
  /** By path, of folders that nobody owns. */
  readonly #foreign = new Map<string, Rows>();
  /** Paths of those that could not be read when they were counted. */
  readonly #failed = new Set<string>();
  #counting: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly setup: StrandedSetup) {}

  get rows(): StrandedEvents[] {
    const rows = [...this.setup.held().map((folder) => this.ofHeld(folder)), ...this.#foreign.values()];
    return rows.flat();
  }

  /** With those in paths that cannot be used, of which nobody knows how many there are. */
  with(denied: readonly Denied[]): StrandedEvents[] {
    const { rows } = this;
    const known = new Set(rows.map(({ folder }) => folder));
    const others = denied.map(({ path }) => this.#row({ path, reason: 'unreadable' }, undefined, null));
    return [...rows, ...others.filter(({ folder }) => !known.has(folder))];
  }

  /** Those of one folder that we hold. */
  ofHeld({ path, names, segments }: JournalFolder): Rows {
    const counts = new Map<string, number>();
    for (const { orphans } of segments) {
      for (const [lane, events] of orphans) counts.set(lane, (counts.get(lane) ?? 0) + events);
    }
    return [...counts].map(([lane, events]) => this.#row({ path, names }, lane, events));
  }

  /** Paths of folders that nobody owned at the last look, with what is pending in each. */
  get unowned(): readonly (readonly [path: string, rows: Rows])[] {
    return [...this.#foreign];
  }

  /** Takes in what a look left alone, and counts what is new, one folder after the other. */
  update(foreign: readonly ForeignFolder[]): void {
    const paths = new Set(foreign.map(({ path }) => path));
    for (const path of this.#foreign.keys()) if (!paths.has(path)) this.#foreign.delete(path);
    for (const folder of foreign.filter(
      ({ path }) => this.#failed.delete(path) || !this.#foreign.has(path),
    )) {
      this.#foreign.set(folder.path, this.#uncounted(folder));
      if (folder.names !== undefined)
        this.#counting = this.#counting.then(() => this.#count(folder, folder.names!));
    }
  }

  /** A folder of ours goes back to where others may take it, with what is known of it. */
  leave(path: string, rows: Rows): void {
    const folder = relative(this.setup.directory, path);
    this.#foreign.set(
      path,
      rows.map((row) => ({ ...row, folder })),
    );
  }

  /** Logs a line once for each account, when all known events are counted. */
  async tell(): Promise<void> {
    await this.#counting;
    if (this.#stopped) return;
    const groups = new Map<string, StrandedEvents[]>();
    for (const row of this.rows) {
      const key = `${row.reason} ${row.account ?? row.folder}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    const { log } = this.setup;
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

  /** Reads the folder as whoever takes it over will, and changes nothing in it. Never rejects. */
  async #count(foreign: ForeignFolder, names: LaneNames): Promise<void> {
    const { path, origin } = foreign;
    const counts = new Map<string, number>();
    const folder = new JournalFolder(path, origin, names);
    try {
      await recover(folder, {
        files: this.setup.files,
        onEnd: () => undefined,
        letterEnd: () => undefined,
        isStopped: () => this.#stopped || !this.#foreign.has(path),
        onKey: () => undefined,
        onDamaged: () => undefined,
        onTorn: () => undefined,
        onCut: () => undefined,
        wasDeleted: () => Promise.resolve(true),
        onFound: (_, parts) => {
          for (const [lane, { events }] of parts) counts.set(lane, (counts.get(lane) ?? 0) + events);
        },
        onUnknown: () => undefined,
        onUnreadable: () => undefined,
      });
    } catch {
      folder.isUnreadable = true;
    }
    if (this.#stopped || !this.#foreign.has(path)) return;
    if (folder.isUnreadable) {
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
    const { directory, accounts } = this.setup;
    const stranger = lane === undefined ? undefined : names?.strangers.get(lane);
    const account = stranger?.account ?? (lane === undefined ? undefined : accounts[lane]);
    return {
      folder: relative(directory, path),
      destination: stranger?.destination ?? lane ?? null,
      account: account === undefined ? null : accountLabel(account),
      reason: reason ?? stranger?.reason ?? 'not_configured',
      events,
    };
  }
}
