import { join } from 'node:path';
import type { Clock, Timer } from '../../../host/clock.js';
import type { LaneAccount } from '../../event-buffer.js';
import { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { JournalBuffer } from '../journal-buffer.js';
import { resolveJournalOptions } from '../journal-options.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { Command, CommandProgress, CommandResult } from '../ownership/command.js';
import { DeniedError, type Denied } from '../ownership/denied.js';
import { OWNER_FILE, readOwner } from '../ownership/owner-file.js';
import type { ProcessIdentity } from '../ownership/process-identity.js';
import { findFolders, type FolderView } from '../reader/folder-view.js';
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
  for (const folder of folders) {
    if (folder.condition !== 'dead' && folder.condition !== 'closed') continue;
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

/** The destinations of a group: of any folder that was made in it. */
async function accountsOf(
  group: string,
  folders: readonly FolderView[],
  files: Files,
): Promise<Readonly<Record<string, LaneAccount>> | undefined> {
  for (const { path } of folders) {
    const text = await unlessAbsent(files.readText(join(path, OWNER_FILE)));
    const owner = text === undefined ? undefined : readOwner(text);
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
