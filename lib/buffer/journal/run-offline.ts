import type { Clock } from '../../host/clock.js';
import { Log } from '../../host/log.js';
import { within } from '../../host/deadline.js';
import type { Files } from './files/files.js';
import { JournalBuffer } from './journal-buffer.js';
import { resolveJournalOptions } from './options/journal-options.js';
import type { Accounts } from './ownership/accounts.js';
import type { Command, CommandProgress, CommandResult } from './ownership/command.js';
import { refuseDenied } from './ownership/denied.js';
import { ownerOf } from './ownership/owner-file.js';
import type { ProcessIdentity } from './ownership/process-identity.js';
import { findFolders, startOf, type FolderView } from './reader/folder-view.js';
import { moveIn } from './commands/move.js';
import { readPayload } from './query/command-payloads.js';
import { journalMessages } from './journal.messages.js';
import { commandMessages } from './commands/commands.messages.js';

const OPEN_MS = 30_000;

/** The result of a command is its only output. */
const SILENT = new Log(undefined, { log: () => undefined, warn: () => undefined, error: () => undefined });

export interface OfflineSetup {
  readonly files: Files;
  readonly process: ProcessIdentity;
  readonly clock: Clock;
}

/**
 * Carries out a command while the application is stopped: adopts the folders without an owner, by the same rules as the
 * application, sends nothing, and leaves them to its next start. Returns one result for each group of folders.
 */
export async function runOffline(
  setup: OfflineSetup,
  directory: string,
  command: Command,
  onProgress: (progress: CommandProgress) => void,
): Promise<readonly CommandResult[]> {
  const { files, process, clock } = setup;
  const folders = await findFolders(directory, files, { now: () => clock.now(), process }, refuseDenied);
  const unowned = folders.filter(({ condition }) => condition === 'dead' || condition === 'closed');
  if (command.kind === 'move') return [await moveAll(files, unowned, command.payload)];
  // Events are imported into one group only: the newest one with their destination.
  const only = command.kind === 'import' ? newestWith(unowned, command.payload) : undefined;
  if (command.kind === 'import' && only === undefined) return [];
  const groups = new Set(
    unowned.map(({ group }) => group).filter((group) => only === undefined || group === only),
  );
  const results: CommandResult[] = [];
  for (const group of groups) {
    const accounts = await accountsOf(group, unowned, files);
    results.push(
      accounts === undefined
        ? { done: true, error: commandMessages.noOwner(group) }
        : await runIn(setup, directory, group, accounts, command, onProgress),
    );
  }
  return results;
}

/** The next owner of the folders reads the change. */
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
  const withIt = folders.filter(({ lanes }) => to !== undefined && Object.hasOwn(lanes, to));
  return withIt.toSorted((a, b) => startOf(b) - startOf(a))[0]?.group;
}

/** The destinations of a group, from any of its folders. */
async function accountsOf(
  group: string,
  folders: readonly FolderView[],
  files: Files,
): Promise<Accounts | undefined> {
  for (const { path } of folders.filter((folder) => folder.group === group)) {
    const owner = await ownerOf(files, path);
    if (typeof owner === 'object' && owner.group === group) return owner.lanes;
  }
  return undefined;
}

async function runIn(
  { files, process, clock }: OfflineSetup,
  directory: string,
  group: string,
  accounts: Accounts,
  command: Command,
  onProgress: (progress: CommandProgress) => void,
): Promise<CommandResult> {
  const buffer = new JournalBuffer(
    // Only the application may delete events.
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
    const isOpen = await within(clock, OPEN_MS, buffer.opened());
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
