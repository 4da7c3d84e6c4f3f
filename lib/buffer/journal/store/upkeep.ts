import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import type { Fsync } from '../journal-options.js';
import { journalMessages } from '../journal.messages.js';
import { codeOf } from '../ownership/absence.js';
import { deniedOf, type Denied } from '../ownership/denied.js';
import type { UnknownContent } from '../ownership/adoption.js';
import type { Acknowledger } from './acknowledger.js';
import type { Attachment } from './attachment.js';
import type { DeadLetters } from './dead-letters.js';
import type { Folders } from './folders.js';
import type { GroupWriter } from './group-writer.js';
import type { JournalFolder } from './journal-folder.js';
import type { Retention } from './retention.js';
import type { Stranded } from './stranded.js';

const ROUND_MS = 1_000;
/** How long a heartbeat may take before the disk counts as silent. */
const SILENCE_MS = 2_000;
/** Looks for what the dead left in each lease. */
const LOOKS_PER_LEASE = 4;
/** Heartbeats in each lease, at least. */
const BEATS_PER_LEASE = 8;

/** What is done again and again. */
type Work =
  | 'beat'
  | 'letters'
  | 'acknowledgements'
  | 'their sync'
  | 'sync'
  | 'look'
  | 'commands'
  | 'retention'
  | 'bound'
  | 'empty folders'
  | 'giving back';

/** What the upkeep works with. */
export interface UpkeepSetup {
  readonly files: Files;
  /** The journal's root. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly fsync: Fsync;
  readonly leaseMs: number;
  readonly folders: Folders;
  readonly writer: GroupWriter;
  readonly acknowledger: Acknowledger;
  readonly letters: DeadLetters;
  readonly attachment: Attachment;
  readonly stranded: Stranded;
  readonly retention: Retention;
  /** Keeps the journal within its bytes. */
  readonly keepBound: () => Promise<void>;
  onLost(how: 'taken' | 'gone'): void;
  /** Somebody else has some of the folders that we had taken over. */
  onMissing(folders: readonly JournalFolder[]): void;
  /** The disk was asked whether our folders are ours, whatever it said. */
  onBeat(): void;
  /** Letters of a folder that is given back are not ours any more. */
  onGivenBack(folder: JournalFolder): void;
  /** Carries out what the command line asks for. */
  readonly commands?: () => Promise<void>;
}

/**
 * What has to be done again and again: a heartbeat, which waits for nothing else, and one round a second, in which one thing
 * comes after the other, and none hides another.
 */
export class Upkeep {
  /** Resolves once what was there at start is read. */
  readonly firstLook: Promise<void>;
  #looked!: () => void;
  #hasLooked = false;
  /** Since when a heartbeat is waited for; monotonic. */
  #beatSince: number | undefined;
  /** The disk did not answer the last heartbeat. */
  #beatFailed = false;
  #nextLook = 0;
  /** Paths that the last look could not use. */
  #denied: readonly Denied[] = [];
  /** Why this process has no folder of its own. */
  #blocked: Denied | undefined;
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #beatTimer: Timer | undefined;
  #beating: Promise<void> | undefined;
  #stopped = false;
  #reading = new Set<Promise<void>>();
  /** Monotonic time of the first failure in a row. */
  readonly #failingSince = new Map<Work, number>();
  /** When the next of the timers is due. */
  readonly #dueAt = new Map<Timer, number>();
  /** How late a timer was at most since the last good heartbeat: nothing of this process ran in this time. */
  #asleepMs = 0;

  constructor(private readonly setup: UpkeepSetup) {
    this.firstLook = new Promise((resolve) => (this.#looked = resolve));
  }

  start(): void {
    this.beat();
    this.#goOn();
  }

  /**
   * Whether others may soon take what we have, so that nothing may be sent before the disk says that it is ours. A disk that
   * does not answer us answers nobody else either; then delivery goes on.
   */
  get mustAsk(): boolean {
    const { folders, clock } = this.setup;
    if (!folders.isLate || this.#beatFailed) return false;
    return this.#beatSince === undefined || clock.monotonic() - this.#beatSince < SILENCE_MS;
  }

  /** Whether this process, not the disk, is why others may have taken it for dead: it was stopped, or its loop was blocked. */
  get wasAsleep(): boolean {
    const now = this.setup.clock.monotonic();
    const late = [...this.#dueAt.values()].map((dueAt) => now - dueAt);
    return Math.max(this.#asleepMs, ...late) > this.setup.leaseMs / 2;
  }

  /** Paths that cannot be used at the moment. */
  get denied(): readonly Denied[] {
    const { attachment } = this.setup;
    return [...(this.#blocked === undefined ? [] : [this.#blocked]), ...this.#denied, ...attachment.denied];
  }

  /** A heartbeat at once. */
  beat(): void {
    if (this.#stopped || this.#beating !== undefined) return;
    if (this.#beatTimer !== undefined) this.#dueAt.delete(this.#beatTimer);
    this.#beatTimer?.cancel();
    this.#beating = detached(() => this.#try('beat', () => this.#beat())).finally(() => {
      this.#beating = undefined;
      this.setup.onBeat();
      if (this.#stopped) return;
      this.#beatTimer = this.#after(Math.min(ROUND_MS, this.setup.leaseMs / BEATS_PER_LEASE), () =>
        this.beat(),
      );
    });
  }

  /** What is under way ends, and nothing is begun again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#beatTimer?.cancel();
    this.#looked();
    this.setup.attachment.stop();
    await Promise.all([this.setup.stranded.stop(), this.#beating, this.#round, ...this.#reading]);
  }

  #goOn(): void {
    if (this.#stopped) return;
    this.#round = detached(() => this.#goRound()).finally(() => {
      this.#round = undefined;
      if (!this.#stopped) this.#timer = this.#after(ROUND_MS, () => this.#goOn());
    });
  }

  /** Keeps no process alive that has nothing to send. */
  #after(delayMs: number, fn: () => void): Timer {
    const { clock } = this.setup;
    const dueAt = clock.monotonic() + delayMs;
    const timer = detached(() =>
      clock.after(delayMs, () => {
        this.#dueAt.delete(timer);
        this.#asleepMs = Math.max(this.#asleepMs, clock.monotonic() - dueAt);
        fn();
      }),
    );
    this.#dueAt.set(timer, dueAt);
    timer.hold(false);
    return timer;
  }

  async #goRound(): Promise<void> {
    const { writer, acknowledger, letters, folders, retention, attachment, fsync, commands, keepBound } =
      this.setup;
    await this.#beating;
    await this.#try('letters', () => letters.write());
    await this.#try('acknowledgements', () => acknowledger.write());
    if (fsync !== 'off') await this.#try('their sync', () => acknowledger.sync());
    if (fsync === 'everySecond') await this.#try('sync', () => writer.sync());
    await this.#try('look', () => this.#look());
    if (commands !== undefined) await this.#try('commands', commands);
    if (attachment.isIncomplete && !attachment.isReading) this.#begin(attachment.retry(folders.all));
    if (!attachment.isReading) {
      await this.#try('retention', () => retention.tidy());
      await this.#try('bound', keepBound);
      await this.#try('empty folders', () => folders.removeEmpty((folder) => letters.isIn(folder)));
      for (const folder of folders.all) {
        const { origin, path, unknown, hasNew } = folder;
        if (unknown.length > 0) this.#nameUnknown(origin, { path, names: unknown });
        if (hasNew) this.#begin(attachment.read(folder, 'adopted'));
        folder.hasNew = false;
      }
      await this.#try('giving back', () => this.#giveBack());
    }
    writer.tend();
  }

  async #beat(): Promise<void> {
    this.#beatSince = this.setup.clock.monotonic();
    try {
      await this.#heartbeat();
      this.#beatFailed = false;
      this.#blocked = undefined;
    } catch (error) {
      this.#beatFailed = true;
      this.#blocked = await deniedOf(this.setup.files, this.setup.directory, error);
      // There is nothing to be known of earlier lives as long as that is so.
      this.#looked();
      throw error;
    } finally {
      this.#beatSince = undefined;
    }
  }

  async #heartbeat(): Promise<void> {
    const { folders } = this.setup;
    if (folders.own === undefined) {
      await folders.open();
      return;
    }
    const wasLate = folders.isLate;
    const ownership = await folders.heartbeat();
    if (ownership !== 'ours') {
      this.setup.onLost(ownership);
      return;
    }
    if (wasLate) this.setup.onMissing(await folders.missing());
    this.#asleepMs = 0;
  }

  async #look(): Promise<void> {
    const { clock, folders, attachment, stranded, leaseMs } = this.setup;
    const now = clock.monotonic();
    if (folders.own === undefined || now < this.#nextLook) return;
    this.#nextLook = now + leaseMs / LOOKS_PER_LEASE;
    const { taken, foreign, unknown, denied } = await folders.look();
    this.#nameDenied(denied);
    unknown.forEach((content) => this.#nameUnknown(content.path, content));
    stranded.update(foreign);
    const reading = this.#readAll(taken, this.#hasLooked ? 'adopted' : 'recovered');
    this.#begin(reading);
    void reading.then(() => {
      if (!this.#hasLooked) this.#looked();
      this.#hasLooked = true;
      attachment.tell();
      void stranded.tell();
    });
  }

  /** Runs aside, so that reading many events never delays the heartbeat. */
  #begin(reading: Promise<void>): void {
    this.#reading.add(reading);
    void reading.then(() => this.#reading.delete(reading));
  }

  #nameDenied(denied: readonly Denied[]): void {
    const { log, files } = this.setup;
    this.#denied = denied;
    for (const folder of denied) {
      const place = `${folder.path} ${folder.code}`;
      log.errorOnce('denied', place, () => journalMessages.denied(folder, files.user()));
    }
  }

  #nameUnknown(key: string, { path, names }: UnknownContent): void {
    this.setup.log.warnOnce('unknown', `${key} ${names[0]}`, () => journalMessages.unknown(path, names));
  }

  async #readAll(folders: readonly JournalFolder[], as: 'recovered' | 'adopted'): Promise<void> {
    for (const folder of folders) if (!this.#stopped) await this.setup.attachment.read(folder, as);
  }

  /** A folder that we are done with, and that somebody else has something to do with. */
  async #giveBack(): Promise<void> {
    const { folders, letters, stranded } = this.setup;
    for (const folder of folders.all) {
      if (folders.isExact(folder) || folder.isBusy || folder.isUnreadable) continue;
      const isDone = folder.segments.every(
        ({ pending, unwritten }) => pending.size === 0 && unwritten.isEmpty,
      );
      if (!isDone || letters.isLeaving(folder)) continue;
      const rows = stranded.ofHeld(folder);
      const path = await folders.release(folder);
      if (path !== undefined) stranded.leave(path, rows);
      this.setup.onGivenBack(folder);
    }
  }

  /** A failure that goes on is logged, unless it is the one for which writes fail, which is logged already. */
  async #try(what: Work, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#failingSince.delete(what);
    } catch (error) {
      const { files, directory, log, writer, clock } = this.setup;
      const now = clock.monotonic();
      const since = this.#failingSince.get(what) ?? now;
      this.#failingSince.set(what, since);
      const code = codeOf(error) ?? 'ERROR';
      if (writer.failing === code || now - since < SILENCE_MS) return;
      const denied = await deniedOf(files, directory, error);
      log.limited('error', `upkeep ${code}`, () =>
        denied?.uid === undefined
          ? journalMessages.upkeep(code, directory)
          : journalMessages.denied(denied, files.user()),
      );
    }
  }
}
