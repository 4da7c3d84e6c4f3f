import type { BufferSetup } from '../event-buffer.js';
import { Commands } from './commands/commands.js';
import type { Files } from './files/files.js';
import type { ResolvedJournalOptions } from './options/journal-options.js';
import { journalMessages } from './journal.messages.js';
import { Pauses } from './ownership/pauses.js';
import type { ProcessIdentity } from './ownership/process-identity.js';
import { Acknowledger } from './store/acknowledger.js';
import { Attachment } from './store/attachment.js';
import type { BacklogReaderSetup } from './store/backlog-reader.js';
import { DamagedLines } from './store/damaged-lines.js';
import { DeadLetters } from './store/dead-letters.js';
import { DiskBound } from './store/disk-bound.js';
import { Folders } from './store/folders.js';
import { GroupWriter } from './store/group-writer.js';
import { Histories } from './store/histories.js';
import { JournalLane } from './store/journal-lane.js';
import { LaneReports } from './store/lane-reports.js';
import { LeaseGate } from './upkeep/lease-gate.js';
import { Loss } from './store/loss.js';
import { MemoryBound } from './store/memory-bound.js';
import { Retention } from './store/retention.js';
import { SegmentFiles } from './store/segment-files.js';
import { Shedding } from './store/shedding.js';
import { Stranded } from './store/stranded.js';
import { Attempts } from './upkeep/attempts.js';
import { BackgroundTimers } from './upkeep/background-timers.js';
import { GivingBack } from './upkeep/giving-back.js';
import { Heartbeat } from './upkeep/heartbeat.js';
import { Lookout } from './upkeep/lookout.js';
import { Upkeep, type UpkeepTask } from './upkeep/upkeep.js';

/** Memory for unleased events of all lanes, and as much again for leased ones. All others are on disk only. */
const WINDOW_BYTES = 24 * 1024 * 1024;
const MIN_WINDOW_BYTES = 4 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** The parts of a journal, connected. */
export type JournalParts = ReturnType<typeof journalParts>;

/** Makes the parts of a journal and connects them. None of them runs yet. */
export function journalParts(
  options: ResolvedJournalOptions,
  setup: BufferSetup,
  files: Files,
  process: ProcessIdentity,
  group: string,
) {
  const lanes = new Map<string, JournalLane>();
  const timers = new BackgroundTimers(setup.clock);
  const { clock, accounts } = setup;
  const acknowledger = new Acknowledger(files, clock, setup.log);
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
  const folders = new Folders(residence, histories);
  const letters = new DeadLetters({
    files,
    log: setup.log,
    clock,
    histories,
    folder: () => folders.own,
    mayBeNeeded: (folder, seq, at) =>
      at >= clock.now() - options.retain.days * DAY_MS || folders.mayHold(folder, seq),
    max: setup.deadLetters,
    onFull: (lane) => lanes.get(lane)!.dropLetters('dead_letters_full'),
    onDropped: (event, { lane, isAlone }) => setup.onDropped({ event }, lane, 'dead_letters_full', isAlone),
  });
  const damaged = new DamagedLines(setup.log);
  const window = Math.max(WINDOW_BYTES / setup.lanes.length, MIN_WINDOW_BYTES);
  const reports = new LaneReports(setup, letters, damaged);
  const onDamaged: BacklogReaderSetup['onDamaged'] = (segment, offset) => damaged.add(segment, offset);
  for (const name of setup.lanes) {
    lanes.set(name, new JournalLane(name, window, reports, { files, clock, log: setup.log, onDamaged }));
  }
  const shedding = new Shedding(files, lanes);
  const retention = new Retention({
    files,
    clock,
    log: setup.log,
    acknowledger,
    retain: options.retain,
    maxKeyAgeMs: setup.maxKeyAgeMs,
    histories,
    folders: () => folders.all,
    onAbandoned: (lane, events) =>
      setup.log.limited('warn', `lane_removed ${lane}`, () => journalMessages.laneRemoved(lane, events)),
  });
  const bound = new DiskBound({
    files,
    log: setup.log,
    options,
    folders,
    retention,
    shedding,
    acknowledger,
    lanes,
  });
  const segments = new SegmentFiles(files, clock, setup.log, options.fsync, folders, acknowledger);
  const writer = new GroupWriter(clock, setup.log, segments, options.segmentBytes, {
    makeRoom: (bytes) => bound.makeRoom(bytes),
    expose: (frame) => {
      for (const name of frame.lanes.keys()) lanes.get(name)!.expose(frame);
    },
    onFailing: (cause, isFirst) => {
      if (isFirst) setup.onState('failing', cause, { directory: options.directory, user: files.user() });
      // Acknowledgements need room, too.
      if (cause === 'ENOSPC' || cause === 'EDQUOT') void bound.freeAll();
    },
    onOpen: () => {
      setup.onState('open', undefined, { directory: options.directory, user: files.user() });
      void letters.write();
    },
    onLost: (how) => loss.ofAll(how),
  });
  const loss = new Loss({
    lanes,
    folders,
    letters,
    acknowledger,
    writer,
    log: setup.log,
    wasAsleep: () => timers.latenessMs > options.leaseMs / 2,
  });
  const attachment = new Attachment({
    files,
    setup,
    lanes,
    letters,
    damaged,
    onSettled: (segment) => acknowledger.mark(segment),
    histories,
  });
  const pauses = new Pauses(files, options.directory, accounts, clock, setup.log);
  const stranded = new Stranded({
    files,
    directory: options.directory,
    accounts,
    log: setup.log,
    folders: () => folders.all,
  });
  const givingBack = new GivingBack({
    folders,
    acknowledger,
    letters,
    loss,
    stranded,
  });
  const commands = new Commands({
    files,
    setup,
    lanes,
    folders,
    letters,
    acknowledger,
    writer,
    stranded,
    givingBack,
    isFull: (lane) => bound.full.has(lane),
  });
  const attempts = new Attempts({
    files,
    directory: options.directory,
    clock,
    log: setup.log,
    isLogged: (code) => writer.failing === code,
  });
  const lookout = new Lookout({
    residence,
    log: setup.log,
    folders,
    attachment,
    stranded,
  });
  const heartbeat = new Heartbeat({
    residence,
    folders,
    loss,
    attempts,
    timers,
    onEnd: (hasFailed) => {
      if (hasFailed) lookout.giveUp();
      gate.reopen();
    },
  });
  const gate = new LeaseGate(heartbeat, lanes);
  const isBlocked = (): boolean => attachment.isReading;
  const tasks: UpkeepTask[] = [
    { name: 'heartbeat', run: () => heartbeat.settled() },
    { name: 'dead letters', run: () => letters.write() },
    { name: 'acknowledgements', run: () => acknowledger.write() },
    {
      name: 'sync of acknowledgements',
      run: () => acknowledger.sync(),
      isBlocked: () => options.fsync === 'off',
    },
    { name: 'look for dead owners', run: () => lookout.look() },
    { name: 'commands', run: () => commands.tend() },
    { name: 'failed reads', run: async () => attachment.retryDue(folders.all) },
    { name: 'retention', run: () => retention.tidy(), isBlocked },
    { name: 'disk bound', run: () => bound.makeRoom(0), isBlocked },
    {
      name: 'empty folders',
      run: () => folders.removeEmpty((folder) => letters.isIn(folder)),
      isBlocked,
    },
    { name: 'new segments', run: async () => lookout.readNew(), isBlocked },
    { name: 'giving back', run: () => givingBack.ofSettled(), isBlocked },
    { name: 'failed writes', run: async () => writer.tend() },
  ];
  const upkeep = new Upkeep(tasks, attempts, timers);
  return {
    lanes,
    acknowledger,
    folders,
    letters,
    damaged,
    shedding,
    bound,
    memory: new MemoryBound(options, writer, shedding),
    segments,
    writer,
    attachment,
    pauses,
    stranded,
    commands,
    lookout,
    heartbeat,
    gate,
    upkeep,
  };
}
