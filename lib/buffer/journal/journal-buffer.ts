import type { LaneTrouble } from '../../event/last-refusal.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { entriesSize } from '../entry-size.js';
import { shownLetter } from '../shown-entry.js';
import type {
  BufferSetup,
  CommitState,
  DeadLetter,
  EventBuffer,
  JournalStats,
  LaneLedger,
  Lease,
  LeaseLimits,
  Refusal,
  Route,
  Settlement,
  StoredEvent,
  Waiting,
} from '../event-buffer.js';
import { Commands } from './commands/commands.js';
import type { Files } from './files/files.js';
import type { ResolvedJournalOptions } from './journal-options.js';
import { journalMessages } from './journal.messages.js';
import type { Command, CommandProgress, CommandResult } from './ownership/command.js';
import { isSameAccount } from './ownership/accounts.js';
import { deniedOf, type Denied } from './ownership/denied.js';
import { groupOf } from './ownership/group.js';
import { keptNamespace } from './ownership/namespaces.js';
import { Pauses } from './ownership/pauses.js';
import type { ProcessIdentity } from './ownership/process-identity.js';
import { findFolders } from './reader/folder-view.js';
import { Acknowledger } from './store/acknowledger.js';
import { Attachment } from './store/attachment.js';
import type { BacklogReaderSetup } from './store/backlog-reader.js';
import { DamagedLines } from './store/damaged-lines.js';
import { DeadLetters } from './store/dead-letters.js';
import { DiskBound } from './store/disk-bound.js';
import { Folders } from './store/folders.js';
import { codeOf } from './ownership/absence.js';
import { Histories } from './store/histories.js';
import { GroupWriter } from './store/group-writer.js';
import type { OpenSegment } from './store/group-writer.js';
import { Held, residentBytes } from './store/held.js';
import type { Slot } from './store/slot.js';
import { JournalLane } from './store/journal-lane.js';
import { LaneReports } from './store/lane-reports.js';
import { Loss } from './store/loss.js';
import { Retention } from './store/retention.js';
import { Segment } from './store/segment.js';
import { segmentName } from './format/segment-name.js';
import { Shedding } from './store/shedding.js';
import { Stranded } from './store/stranded.js';
import { Attempts } from './upkeep/attempts.js';
import { BackgroundTimers } from './upkeep/background-timers.js';
import { GivingBack } from './upkeep/giving-back.js';
import { Heartbeat } from './upkeep/heartbeat.js';
import { Lookout } from './upkeep/lookout.js';
import { Upkeep, type UpkeepTask } from './upkeep/upkeep.js';

/** Memory for events that wait, over all lanes; what goes beyond it is on disk only. The same once more for what is out. */
const WINDOW_BYTES = 24 * 1024 * 1024;
const MIN_WINDOW_BYTES = 4 * 1024 * 1024;
/** A segment that is written slowly is sealed after this time, so that it can be deleted as a whole one day. */
const SEGMENT_MS = 3_600_000;
/** What a disk that hangs gets at the end. */
const CLOSE_MS = 2_000;
const DAY_MS = 86_400_000;

/**
 * The buffer of `journal()`. What it accepts is on disk before it is sent, and stays there until every lane is done with it;
 * memory holds only a window of it. See docs/architecture.md for the parts that this class puts together.
 */
export class JournalBuffer implements EventBuffer {
  readonly durable = true;
  readonly #lanes = new Map<string, JournalLane>();
  readonly #writer: GroupWriter;
  readonly #folders: Folders;
  readonly #acknowledger: Acknowledger;
  readonly #letters: DeadLetters;
  readonly #damaged: DamagedLines;
  readonly #attachment: Attachment;
  readonly #stranded: Stranded;
  readonly #pauses: Pauses;
  readonly #shedding: Shedding;
  readonly #bound: DiskBound;
  readonly #lookout: Lookout;
  readonly #heartbeat: Heartbeat;
  readonly #upkeep: Upkeep;
  readonly #commands: Commands;
  #seq = 0;
  #leases = 0;
  #opened = false;
  /** A lane was told that there is nothing, and there was. */
  #refused = false;
  #closed = false;

  constructor(
    private readonly options: ResolvedJournalOptions,
    private readonly setup: BufferSetup,
    private readonly files: Files,
    private readonly process: ProcessIdentity,
    /** The folder that its journals share; given where only that is known. */
    group = groupOf(setup.namespace, setup.accounts),
  ) {
    const { clock, accounts } = setup;
    this.#acknowledger = new Acknowledger(files, clock);
    const histories = new Histories(files, clock, setup.maxKeyAgeMs);
    const residence = {
      files,
      clock,
      process,
      directory: options.directory,
      group,
      accounts,
      leaseMs: options.leaseMs,
    };
    this.#folders = new Folders(residence, histories);
    this.#letters = new DeadLetters({
      files,
      clock,
      histories,
      folder: () => this.#folders.own,
      isAsked: (folder, seq, at) =>
        at >= clock.now() - options.retain.days * DAY_MS || this.#folders.mayHold(folder, seq),
      max: setup.deadLetters,
      onFull: (lane) => this.#lane(lane).dropLetters('dead_letters_full'),
      onDropped: (event, { lane, isAlone }) => setup.onDropped({ event }, lane, 'dead_letters_full', isAlone),
    });
    this.#damaged = new DamagedLines(setup.log);
    const window = Math.max(WINDOW_BYTES / setup.lanes.length, MIN_WINDOW_BYTES);
    const reports = new LaneReports(setup, this.#letters, this.#damaged);
    const onDamaged: BacklogReaderSetup['onDamaged'] = (segment, offset) =>
      this.#damaged.add(segment, offset);
    for (const name of setup.lanes) {
      this.#lanes.set(name, new JournalLane(name, window, reports, { files, clock, onDamaged }));
    }
    const onEnd = (segment: Segment): void => this.#acknowledger.mark(segment);
    this.#shedding = new Shedding(files, this.#lanes);
    const retention = new Retention({
      files,
      clock,
      acknowledger: this.#acknowledger,
      retain: options.retain,
      maxKeyAgeMs: setup.maxKeyAgeMs,
      histories,
      folders: () => this.#folders.all,
      onAbandoned: (lane, events) =>
        setup.log.limited('warn', `lane_removed ${lane}`, () => journalMessages.laneRemoved(lane, events)),
    });
    this.#bound = new DiskBound({
      files,
      options,
      folders: this.#folders,
      retention,
      shedding: this.#shedding,
      acknowledger: this.#acknowledger,
      lanes: this.#lanes,
    });
    const timers = new BackgroundTimers(clock);
    this.#writer = new GroupWriter({
      clock,
      segmentBytes: options.segmentBytes,
      segmentMs: SEGMENT_MS,
      nextSeq: () => ++this.#seq,
      openSegment: (firstSeq, generation) => this.#openSegment(firstSeq, generation, onEnd),
      confirm: (segment) =>
        segment.folder === this.#folders.own ? this.#folders.confirm() : Promise.resolve('stale'),
      discard: (segment) => this.#discard(segment),
      onFailure: (cause) => {
        // Acknowledgements, too, find no room before something goes.
        if (cause === 'ENOSPC' || cause === 'EDQUOT') void this.#bound.freeAll();
      },
      onLost: (how) => loss.ofAll(how),
      makeRoom: (bytes) => this.#bound.makeRoom(bytes),
      expose: (frame) => {
        for (const name of frame.lanes.keys()) this.#lane(name).expose(frame);
      },
      onState: (state, cause) => {
        setup.onState(state, cause, { directory: options.directory, user: files.user() });
        if (state === 'open') void this.#letters.write();
      },
    });
    const loss = new Loss({
      lanes: this.#lanes,
      folders: this.#folders,
      letters: this.#letters,
      acknowledger: this.#acknowledger,
      writer: this.#writer,
      log: setup.log,
      wasAsleep: () => timers.latenessMs > options.leaseMs / 2,
    });
    this.#attachment = new Attachment({
      files,
      setup,
      lanes: this.#lanes,
      letters: this.#letters,
      damaged: this.#damaged,
      onEnd,
      histories,
    });
    this.#pauses = new Pauses(files, options.directory, accounts, clock, setup.log);
    this.#stranded = new Stranded({
      files,
      directory: options.directory,
      accounts,
      log: setup.log,
      held: () => this.#folders.all,
    });
    const givingBack = new GivingBack({
      folders: this.#folders,
      acknowledger: this.#acknowledger,
      letters: this.#letters,
      loss,
      stranded: this.#stranded,
    });
    this.#commands = new Commands({
      files,
      setup,
      lanes: this.#lanes,
      folders: this.#folders,
      letters: this.#letters,
      acknowledger: this.#acknowledger,
      writer: this.#writer,
      stranded: this.#stranded,
      givingBack,
      isFull: (lane) => this.#bound.full.has(lane),
      lastSeq: () => this.#seq,
      nextSeq: () => ++this.#seq,
    });
    const attempts = new Attempts({
      files,
      directory: options.directory,
      clock,
      log: setup.log,
      isLogged: (code) => this.#writer.failing === code,
    });
    this.#lookout = new Lookout({
      residence,
      log: setup.log,
      folders: this.#folders,
      attachment: this.#attachment,
      stranded: this.#stranded,
    });
    this.#heartbeat = new Heartbeat({
      residence,
      folders: this.#folders,
      loss,
      attempts,
      timers,
      onEnd: (hasFailed) => {
        if (hasFailed) this.#lookout.giveUp();
        this.#wake();
      },
    });
    const isBlocked = (): boolean => this.#attachment.isReading;
    const tasks: UpkeepTask[] = [
      { name: 'heartbeat', run: () => this.#heartbeat.settled() },
      { name: 'dead letters', run: () => this.#letters.write() },
      { name: 'acknowledgements', run: () => this.#acknowledger.write() },
      {
        name: 'sync of acknowledgements',
        run: () => this.#acknowledger.sync(),
        isBlocked: () => options.fsync === 'off',
      },
      { name: 'look for dead owners', run: () => this.#lookout.look() },
      { name: 'commands', run: () => this.#commands.tend() },
      { name: 'failed reads', run: async () => this.#attachment.retryDue(this.#folders.all) },
      { name: 'retention', run: () => retention.tidy(), isBlocked },
      { name: 'disk bound', run: () => this.#bound.makeRoom(0), isBlocked },
      {
        name: 'empty folders',
        run: () => this.#folders.removeEmpty((folder) => this.#letters.isIn(folder)),
        isBlocked,
      },
      { name: 'new segments', run: async () => this.#lookout.readNew(), isBlocked },
      { name: 'giving back', run: () => givingBack.ofSettled(), isBlocked },
      { name: 'failed writes', run: async () => this.#writer.tend() },
    ];
    this.#upkeep = new Upkeep(tasks, attempts, timers);
    this.#writer.tend();
    this.#heartbeat.beat();
    this.#upkeep.start();
  }

  get nextPosition(): number {
    return this.#seq + 1;
  }

  opened(): Promise<void> {
    return Promise.all([this.#lookout.firstLook, this.#writer.ready()]).then(() => undefined);
  }

  namespace(): Promise<string> {
    const { files, process } = this;
    const { clock, accounts, defaultNamespace = '' } = this.setup;
    const { directory } = this.options;
    return keptNamespace(files, directory, {
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
    }).catch(() => defaultNamespace);
  }

  pauses(): Promise<ReadonlyMap<string, number>> {
    return this.#pauses.read();
  }

  keepPause(lane: string, until: number): void {
    if (!this.#closed) this.#pauses.keep(lane, until);
  }

  keepTrouble(lane: string, trouble: LaneTrouble | undefined): void {
    if (!this.#closed) this.#pauses.keepTrouble(lane, trouble);
  }

  async #nameUnusable(path: string, error: unknown): Promise<void> {
    const { files } = this;
    const denied = error === undefined ? { path, code: 'damaged' } : await deniedOf(files, path, error);
    // One above the file is named by whoever cannot write there.
    if (denied?.path === path) this.setup.log.error(journalMessages.noNamespaces(denied, files.user()));
  }

  offer(
    event: TrackingEvent,
    size: number,
    routes: readonly Route[],
    withheld?: readonly Route[],
  ): Refusal | undefined {
    const resident = residentBytes(size + entriesSize(routes));
    const refused = this.#closed ? 'closed' : this.#hasMemory(resident) ? undefined : 'buffer_full';
    if (refused !== undefined) return { reason: refused, lanes: routes.map(({ lane }) => lane) };
    const full = this.#bound.full;
    if (full.size === 0 || !routes.some(({ lane }) => full.has(lane))) {
      this.#accept(event, size, resident, routes, withheld);
      return undefined;
    }
    const taken = routes.filter(({ lane }) => !full.has(lane));
    if (taken.length > 0) this.#accept(event, size, resident, taken, withheld);
    return {
      reason: 'buffer_full',
      lanes: routes.filter(({ lane }) => full.has(lane)).map(({ lane }) => lane),
    };
  }

  commit(): Promise<CommitState> {
    return this.#writer.commit();
  }

  lease(name: string, limits: LeaseLimits): Lease | undefined {
    // Somebody may have taken us for dead: they would send it, too.
    if (this.#heartbeat.mustAsk) {
      this.#refused = true;
      this.#heartbeat.beat();
      return undefined;
    }
    const token = ++this.#leases;
    const events = this.#lane(name).lease(token, limits);
    return events.length === 0 ? undefined : { token, events };
  }

  settle(name: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void {
    this.#lane(name).settle(token, events as readonly Slot[], settlement);
  }

  waiting(name: string): Waiting {
    return this.#lane(name).waiting;
  }

  oldest(name: string): StoredEvent | undefined {
    return this.#lane(name).oldest;
  }

  firstPosition(name: string): number {
    return this.#lane(name).firstPosition(this.#writer);
  }

  ledger(name: string): LaneLedger {
    return this.#lane(name).snapshot(this.#letters.count(name));
  }

  async *deadLetters(name: string): AsyncGenerator<DeadLetter> {
    for await (const { letter } of this.#letters.read([name])) yield shownLetter(letter);
  }

  /** Carries out a command that nobody could give by the inbox. It is taken for one that may have been begun before. */
  execute(
    command: Command,
    onProgress: (progress: CommandProgress) => Promise<void>,
  ): Promise<CommandResult> {
    return this.#commands.run(command, true, onProgress);
  }

  journal(): JournalStats {
    const cause = this.#writer.failing ?? null;
    const open = this.#opened ? 'open' : 'opening';
    const denied = this.#denied;
    return {
      state: this.#closed ? 'closed' : cause === null ? open : 'failing',
      cause,
      folder: this.#folders.own?.path ?? null,
      bytes: this.#folders.bytes,
      segments: this.#folders.segments,
      uncommitted: this.#writer.events,
      damaged: this.#damaged.count,
      stranded: this.#stranded.with(denied),
      recovering: this.#attachment.isReading || this.#attachment.isIncomplete,
      unreadable: denied.map(({ path, code, uid = null }) => ({ path, code, uid })),
    };
  }

  /** Writes what it can, and leaves the rest of the work to whoever opens the directory next. */
  async close(): Promise<void> {
    if (this.#closed) return;
    // A disk that hangs must not keep what can be saved from being saved.
    await this.#within(async () => {
      await this.#commands.stop();
      this.#lookout.giveUp();
      await Promise.all([
        this.#heartbeat.stop(),
        this.#upkeep.stop(),
        this.#attachment.stop(),
        this.#stranded.stop(),
      ]);
      for (const lane of this.#lanes.values()) await lane.close();
    });
    this.#closed = true;
    for (const frame of await this.#writer.stop(CLOSE_MS)) this.#shedding.dropFrame(frame, 'closed');
    await this.#within(async () => {
      await this.#letters.write();
      await this.#acknowledger.close();
      await this.#pauses.close();
    });
    for (const lane of this.#lanes.values()) lane.handOverAll();
    await this.#within(() => this.#folders.close((folder) => this.#letters.isIn(folder)));
  }

  saveNow(): void {
    // A disk that hangs would hang the calling thread, too.
    if (this.#closed || this.#writer.isStalled) return;
    try {
      this.#writer.saveNow();
      this.#acknowledger.writeNow();
    } catch {
      // The process ends; there is nobody left to be told.
    }
  }

  /** Paths that cannot be used now. */
  get #denied(): readonly Denied[] {
    const { blocked } = this.#heartbeat;
    const paths = [...this.#lookout.denied, ...this.#attachment.denied];
    return blocked === undefined ? paths : [blocked, ...paths];
  }

  #lane(name: string): JournalLane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw new Error(`no lane '${name}'`);
    return lane;
  }

  #accept(
    event: TrackingEvent,
    size: number,
    resident: number,
    routes: readonly Route[],
    withheld: readonly Route[] | undefined,
  ): void {
    for (const { lane } of routes) this.#lane(lane).enter('accepted');
    const since = this.setup.clock.monotonic();
    this.#writer.add(new Held(++this.#seq, event, size, resident, since, routes, undefined, withheld));
  }

  /** Whether there is memory for what the disk has not taken, after some was made where the policy says so. */
  #hasMemory(resident: number): boolean {
    const { maxMemoryBytes, onFull } = this.options;
    if (this.#writer.memoryBytes + resident <= maxMemoryBytes) return true;
    this.#writer.giveUpSettled();
    while (this.#writer.memoryBytes + resident > maxMemoryBytes) {
      const frame = onFull === 'dropOldest' ? this.#writer.giveUpOldest() : undefined;
      if (frame === undefined) return false;
      this.#shedding.dropFrame(frame);
    }
    return true;
  }

  /** Never rejects, and never takes longer than a disk that hangs gets. */
  async #within(work: () => Promise<void>): Promise<void> {
    let ended = (): void => {};
    const deadline = new Promise<void>((resolve) => (ended = resolve));
    const timer = this.setup.clock.after(CLOSE_MS, ended);
    await Promise.race([work().catch(() => undefined), deadline]);
    timer.cancel();
  }

  async #discard(segment: Segment): Promise<void> {
    try {
      await this.files.remove(segment.path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return;
    }
    for (const { segments } of this.#folders.all) {
      if (segments.includes(segment)) segments.splice(segments.indexOf(segment), 1);
    }
  }

  async #openSegment(
    firstSeq: () => number,
    generation: number,
    onEnd: (segment: Segment) => void,
  ): Promise<OpenSegment> {
    const folder = await this.#folders.open();
    const first = firstSeq();
    const segment = new Segment(folder, segmentName(first, generation), first, generation, onEnd);
    const file = await this.files.open(
      segment.path,
      this.options.fsync === 'group' ? 'createSynced' : 'create',
    );
    try {
      if (this.options.fsync !== 'off') await this.files.syncFolder(folder.path);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    folder.segments.push(segment);
    segment.lastEventAt = this.setup.clock.now();
    this.#opened = true;
    return { segment, file };
  }

  /** Lanes may go on: what they could not have a moment ago, they may have now. */
  #wake(): void {
    if (!this.#refused || this.#heartbeat.mustAsk) return;
    this.#refused = false;
    for (const lane of this.#lanes.values()) if (lane.waiting.events > 0) lane.announce();
  }
}
