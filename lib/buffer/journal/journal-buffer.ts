import type { LaneTrouble } from '../../event/last-refusal.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entriesSize, shownLetter } from '../entries.js';
import type {
  BufferSetup,
  CommitState,
  DeadLetter,
  EventBuffer,
  JournalStats,
  LaneLedger,
  Lease,
  LeaseLimits,
  OfferRefusal,
  Route,
  Settlement,
  StoredEvent,
  Waiting,
} from '../event-buffer.js';
import { leaveRest, stopWork } from './close-journal.js';
import type { Files } from './files/files.js';
import type { ResolvedJournalOptions } from './options/journal-options.js';
import { journalParts, type JournalParts } from './journal-parts.js';
import { journalStats } from './journal-stats.js';
import { journalMessages } from './journal.messages.js';
import { isSameAccount } from './ownership/accounts.js';
import { diskCodeOf } from './files/absence.js';
import type { Command, CommandProgress, CommandResult } from './ownership/command.js';
import { deniedOf } from './ownership/denied.js';
import { groupOf } from './ownership/folder-names.js';
import { keptNamespace } from './ownership/namespaces.js';
import type { ProcessIdentity } from './ownership/process-identity.js';
import { findFolders } from './reader/folder-view.js';
import { residentBytes } from './store/offered-event.js';
import { unlessDiskFails } from './store/environment.js';
import type { JournalLane } from './store/journal-lane.js';
import type { JournalSlot } from './store/journal-slot.js';

/**
 * The buffer of `journal()`. An event is on disk before it is sent, and stays there until every lane has settled it. Memory has only
 * the oldest pending events. See docs/architecture-journal.md for the parts.
 */
export class JournalBuffer implements EventBuffer {
  readonly durable = true;
  readonly #parts: JournalParts;
  #leases = 0;
  #closed = false;

  constructor(
    private readonly options: ResolvedJournalOptions,
    private readonly setup: BufferSetup,
    private readonly files: Files,
    private readonly process: ProcessIdentity,
    /** The group of its folder; given if the options that select it are not known. */
    group = groupOf(setup.namespace, setup.accounts),
  ) {
    this.#parts = journalParts(options, setup, files, process, group);
    const { writer, heartbeat, upkeep } = this.#parts;
    writer.tend();
    heartbeat.beat();
    upkeep.start();
  }

  get nextPosition(): number {
    return this.#parts.writer.lastSeq + 1;
  }

  opened(): Promise<void> {
    const { lookout, writer } = this.#parts;
    return Promise.all([lookout.firstLook, writer.ready()]).then(() => undefined);
  }

  async namespace(): Promise<string> {
    const { files, process } = this;
    const { clock, log, accounts, defaultNamespace = '' } = this.setup;
    const { directory } = this.options;
    const read = (): Promise<string> =>
      keptNamespace(files, directory, {
        byDefault: defaultNamespace,
        accounts,
        isInUse: async (others) => {
          const machine = { now: () => clock.now(), process };
          const folders = await findFolders(directory, files, machine, () => undefined);
          return folders.some(
            ({ condition, lanes }) =>
              condition === 'alive' &&
              Object.values(lanes).some((lane) =>
                Object.values(others).some((other) => isSameAccount(lane, other)),
              ),
          );
        },
        onUnusable: (path, error) => void this.#nameUnusable(path, error),
      });
    return (await unlessDiskFails(log, 'reading the namespace', read)) ?? defaultNamespace;
  }

  pauses(): Promise<ReadonlyMap<string, number>> {
    return this.#parts.pauses.read();
  }

  keepPause(lane: string, until: number): void {
    if (!this.#closed) this.#parts.pauses.keep(lane, until);
  }

  keepTrouble(lane: string, trouble: LaneTrouble | undefined): void {
    if (!this.#closed) this.#parts.pauses.keepTrouble(lane, trouble);
  }

  offer(
    event: TrackingEvent,
    size: number,
    routes: readonly Route[],
    withheld?: readonly Route[],
  ): OfferRefusal | undefined {
    const { shedding, bound, writer } = this.#parts;
    if (this.#closed) return refusal('closed', routes);
    const resident = residentBytes(size + entriesSize(routes));
    if (!shedding.makeMemory(resident)) return refusal('buffer_full', routes);
    const { full } = bound;
    const refused = full.size === 0 ? [] : routes.filter(({ lane }) => full.has(lane));
    const taken = refused.length === 0 ? routes : routes.filter((route) => !refused.includes(route));
    if (taken.length > 0 || refused.length === 0) {
      for (const { lane } of taken) this.#lane(lane).enter('accepted');
      writer.add(event, size, resident, taken, undefined, withheld);
    }
    return refused.length === 0 ? undefined : refusal('buffer_full', refused);
  }

  commit(): Promise<CommitState> {
    return this.#parts.writer.commit();
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    if (!this.#parts.gate.pass()) return undefined;
    const token = ++this.#leases;
    const events = this.#lane(name).lease(token, limits);
    return events.length === 0 ? undefined : { token, events };
  }

  settle(name: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    this.#lane(name).settle(token, events as readonly JournalSlot[], settlement);
  }

  waiting(name: string): Waiting {
    return this.#lane(name).unleased;
  }

  oldest(name: string): StoredEvent | undefined {
    return this.#lane(name).oldest;
  }

  firstPosition(name: string): number {
    return this.#lane(name).firstPosition(this.#parts.writer);
  }

  ledger(name: string): LaneLedger {
    return this.#lane(name).snapshot(this.#parts.letters.count(name));
  }

  async *deadLetters(name: string): AsyncGenerator<DeadLetter> {
    for await (const { letter } of this.#parts.letters.read([name])) yield shownLetter(letter);
  }

  /** Carries out a command without an inbox. Continues it if an earlier process began it. */
  execute(
    command: Command,
    onProgress: (progress: CommandProgress) => Promise<void>,
  ): Promise<CommandResult> {
    return this.#parts.commands.run(command, true, onProgress);
  }

  journal(): JournalStats {
    return journalStats(this.#parts, this.#closed);
  }

  /** Writes pending events and outcomes. If the disk fails, the next process that opens the directory repeats the rest. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await stopWork(this.#parts);
    this.#closed = true;
    await leaveRest(this.#parts);
  }

  saveNow(): void {
    const { writer, acknowledger } = this.#parts;
    // A disk that hangs would block the calling thread.
    if (this.#closed || writer.isStalled) return;
    try {
      writer.saveNow();
      acknowledger.writeNow();
    } catch (error) {
      // The process ends: a disk error cannot be reported any more.
      if (diskCodeOf(error) === undefined) this.setup.log.internalError('saving events at the end', error);
    }
  }

  async #nameUnusable(path: string, error: unknown): Promise<void> {
    const { files } = this;
    const denied = error === undefined ? { path, code: 'damaged' } : await deniedOf(files, path, error);
    // A denied folder above the file is logged when the journal writes there.
    if (denied?.path === path) this.setup.log.error(journalMessages.noNamespaces(denied, files.user()));
  }

  #lane(name: string): JournalLane {
    const lane = this.#parts.lanes.get(name);
    if (lane === undefined) throw new Error(`no lane '${name}'`);
    return lane;
  }
}

function refusal(reason: OfferRefusal['reason'], routes: readonly Route[]): OfferRefusal {
  return { reason, lanes: routes.map(({ lane }) => lane) };
}
