import type { Clock, Timer } from '../../../host/clock.js';
import type { LaneAccount } from '../../event-buffer.js';
import { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { JournalBuffer } from '../journal-buffer.js';
import { resolveJournalOptions } from '../journal-options.js';
import type { Command, CommandProgress, CommandResult } from '../ownership/command.js';
import { DeniedError, type Denied } from '../ownership/denied.js';
import { ownerOf } from '../ownership/owner-file.js';
import type { ProcessIdentity } from '../ownership/process-identity.js';
import { findFolders, startOf, type FolderView } from '../reader/folder-view.js';
import { moveIn } from './move.js';
import { readPayload } from './read-payload.js';
import { journalMessages } from '../journal.messages.js';
import { commandMessages } from './commands.messages.js';

/** How long a directory may take to be opened. */
const OPEN_MS = 30_000;

/** Whoever runs a command is told by its result. */
const SILENT = new Log(undefined, { log: () => undefined, warn: () => undefined, error: () => undefined });

/** What the command line has of the machine. */
export interface OfflineSetup {
  readonly files: Files;
  readonly process: ProcessIdentity;
  readonly clock: Clock;
}

/**
 * Carries out a command in the folders that nobody owns: as an owner like any other, who takes them over by the same rules,
 * sends nothing, and leaves everything to the application's next start. One result for each group of folders.
 */
export async function runOffline(
  setup: OfflineSetup,
  directory: string,
  command: Command,
  onProgress: (progress: CommandProgress) => void,
): Promise<readonly CommandResult[]> {
  const { files, process, clock } = setup;
  const refuse = (denied: Denied): never => {
    throw new DeniedError(denied);
  };
  const folders = await findFolders(directory, files, { now: () => clock.now(), process }, refuse);
  const groups = new Map<string, FolderView[]>();
  const left = folders.filter(({ condition }) => condition === 'dead' || condition === 'closed');
  if (command.kind === 'move') return [await moveAll(files, left, command.payload)];
  // Events are imported into one folder only: the newest that has their destination.
  const only = command.kind === 'import' ? newestWith(left, command.payload) : undefined;
  if (command.kind === 'import' && only === undefined) return [];
  for (const folder of left) {
    if (only !== undefined && folder.group !== only) continue;
    const others = groups.get(folder.group);
    if (others === undefined) groups.set(folder.group, [folder]);
    else others.push(folder);
  }
  const results: CommandResult[] = [];
  for (const [group, orphans] of groups) {
    const accounts = await accountsOf(group, orphans, files);
    results.push(
      accounts === undefined
        ? { done: true, error: commandMessages.noOwner(group) }
        : await runIn(setup, directory, group, accounts, command, onProgress),
    );
  }
  return results;
}

/** Opens nothing: the next owner of the folders reads the change. */
async function moveAll(
  files: Files,
  folders: readonly FolderView[],
  payload: unknown,
): Promise<CommandResult> {
  const read = readPayload('move', payload);
  if (read === undefined) return { done: true, error: journalMessages.commandNotUnderstood() };
  for (const { path } of folders) await moveIn(files, path, read);
  return { done: true, value: { events: 0, lanes: {} } };
}

function newestWith(folders: readonly FolderView[], payload: unknown): string | undefined {
  const to = readPayload('import', payload)?.to;
  const having = folders.filter(({ lanes }) => to !== undefined && Object.hasOwn(lanes, to));
  return having.toSorted((a, b) => startOf(b) - startOf(a))[0]?.group;
}

/** The destinations of a group: of any folder that was made in it. */
async function accountsOf(
  group: string,
  folders: readonly FolderView[],
  files: Files,
): Promise<Readonly<Record<string, LaneAccount>> | undefined> {
  for (const { path } of folders) {
    const owner = await ownerOf(files, path);
    if (typeof owner === 'object' && owner.group === group) return owner.lanes;
  }
  return undefined;
}

async function runIn(
  { files, process, clock }: OfflineSetup,
  directory: string,
  group: string,
  accounts: Readonly<Record<string, LaneAccount>>,
  command: Command,
  onProgress: (progress: CommandProgress) => void,
): Promise<CommandResult> {
  const buffer = new JournalBuffer(
    // What is to be kept, and for how long, is for the application to say.
    {
      ...resolveJournalOptions({ directory }),
      maxBytes: Infinity,
      retain: { days: Infinity, bytes: Infinity },
    },
    {
      lanes: Object.keys(accounts),
      accounts,
      clock,
      maxKeyAgeMs: Infinity,
      deadLetters: { maxEvents: Infinity, maxBytes: Infinity },
      log: SILENT,
      onWork: () => undefined,
      onKey: () => undefined,
      onState: () => undefined,
      onDropped: () => undefined,
      onLost: () => undefined,
    },
    files,
    process,
    group,
  );
  try {
    const isOpen = await inTime(buffer.opened(), clock);
    if (!isOpen || buffer.journal().state !== 'open')
      return { done: true, error: commandMessages.notOpened(group) };
    return await buffer.execute(command, (progress) => {
      onProgress(progress);
      return Promise.resolve();
    });
  } finally {
    await buffer.close();
  }
}

/** Whether it happened in time. The timer keeps the process alive meanwhile, which nothing else may do. */
async function inTime(happening: Promise<void>, clock: Clock): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<boolean>((resolve) => (timer = clock.after(OPEN_MS, () => resolve(false))));
  try {
    return await Promise.race([happening.then(() => true), late]);
  } finally {
    timer?.cancel();
  }
}
