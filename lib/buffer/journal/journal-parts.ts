import type { BufferSetup } from '../event-buffer.js';
import { Commands } from './commands/commands.js';
import type { Files } from './files/files.js';
import type { ResolvedJournalOptions } from './options/journal-options.js';
import { Pauses } from './ownership/pauses.js';
import type { ProcessIdentity } from './ownership/process-identity.js';
import { Acknowledger } from './store/acknowledger.js';
import { Attachment } from './store/attachment.js';
import { DamagedLines } from './store/damaged-lines.js';
import { DeadLetters } from './store/dead-letters.js';
import { DiskBound } from './store/disk-bound.js';
import { Folders } from './store/folders.js';
import { GroupWriter } from './store/group-writer.js';
import { Histories } from './store/histories.js';
import { JournalLane } from './store/journal-lane.js';
import { LeaseGate, Heartbeat } from './upkeep/heartbeat.js';
import { Loss } from './store/loss.js';
import { Retention } from './store/retention.js';
import { Shedding } from './store/shedding.js';
import type { SegmentFolder } from './store/segment.js';
import type { JournalStore } from './store/journal-store.js';
import { Stranded } from './store/stranded.js';
import { TaskRunner, Upkeep, type UpkeepTask } from './upkeep/upkeep.js';
import { BackgroundTimers } from './upkeep/background-timers.js';
import { GivingBack } from './upkeep/giving-back.js';
import { Lookout } from './upkeep/lookout.js';

/** Memory for unleased events of all lanes, and as much again for leased ones. All others are on disk only. */
const WINDOW_BYTES = 24 * 1024 * 1024;
const MIN_WINDOW_BYTES = 4 * 1024 * 1024;

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
  const { clock, log, accounts } = setup;
  const { directory, leaseMs } = options;
  const env = { files, clock, log, options, setup };
  const residence = { files, clock, process, directory, group, accounts, leaseMs };
  const timers = new BackgroundTimers(clock);
  const lanes = new Map<string, JournalLane>();
  const acknowledger = new Acknowledger(env);
  const histories = new Histories(files, clock, setup.maxKeyAgeMs);
  const folders = new Folders(residence, histories);
  const letters = new DeadLetters(env, folders, histories, (lane) =>
    lanes.get(lane)!.dropLetters('dead_letters_full'),
  );
  const damaged = new DamagedLines(log);
  const window = Math.max(WINDOW_BYTES / setup.lanes.length, MIN_WINDOW_BYTES);
  for (const name of setup.lanes) lanes.set(name, new JournalLane(name, window, env, letters, damaged));
  const writer = new GroupWriter(env, folders, acknowledger, lanes, {
    makeRoom: (bytes) => bound.makeRoom(bytes),
    // Acknowledgements need room, too.
    onFull: () => void bound.freeAll(),
    onOpen: () => void letters.write(),
    onLost: (how) => loss.ofAll(how),
  });
  const store: JournalStore = { ...env, lanes, folders, letters, damaged, histories, acknowledger, writer };
  const shedding = new Shedding(store);
  const retention = new Retention(store);
  const bound = new DiskBound(store, retention, shedding);
  const loss = new Loss(store, () => timers.latenessMs > leaseMs / 2);
  const attachment = new Attachment(store);
  const stranded = new Stranded(store);
  const givingBack = new GivingBack(store, loss, stranded);
  const isFull = (lane: string): boolean => bound.full.has(lane);
  const commands = new Commands({ ...store, stranded, givingBack, isFull });
  const isLogged = (code: string): boolean => writer.failing === code;
  const runner = new TaskRunner(env, isLogged);
  const lookout = new Lookout(residence, store, attachment, stranded);
  const heartbeat = new Heartbeat({
    residence,
    folders,
    loss,
    runner,
    timers,
    onEnd: (hasFailed) => {
      if (hasFailed) lookout.giveUp();
      gate.reopen();
    },
  });
  const gate = new LeaseGate(heartbeat, lanes);
  const isBlocked = (): boolean => attachment.isReading;
  const isUnsynced = (): boolean => options.fsync === 'off';
  const hasLetters = (folder: SegmentFolder): boolean => letters.isIn(folder);
  const tasks: UpkeepTask[] = [
    { name: 'heartbeat', run: () => heartbeat.settled() },
    { name: 'dead letters', run: () => letters.write() },
    { name: 'acknowledgements', run: () => acknowledger.write() },
    { name: 'sync of acknowledgements', run: () => acknowledger.sync(), isBlocked: isUnsynced },
    { name: 'look for dead owners', run: () => lookout.look() },
    { name: 'commands', run: () => commands.tend() },
    { name: 'failed reads', run: async () => attachment.retryDue() },
    { name: 'retention', run: () => retention.tidy(), isBlocked },
    { name: 'disk bound', run: () => bound.makeRoom(0), isBlocked },
    { name: 'empty folders', run: () => folders.removeEmpty(hasLetters), isBlocked },
    { name: 'new segments', run: async () => lookout.readNew(), isBlocked },
    { name: 'giving back', run: () => givingBack.ofSettled(), isBlocked },
    { name: 'failed writes', run: async () => writer.tend() },
  ];
  return {
    ...store,
    shedding,
    bound,
    attachment,
    stranded,
    commands,
    lookout,
    heartbeat,
    gate,
    pauses: new Pauses(files, directory, accounts, clock, log),
    upkeep: new Upkeep(tasks, runner, timers),
  };
}
