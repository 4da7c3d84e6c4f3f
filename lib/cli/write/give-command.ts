import { newId } from '../../event/event-id.js';
import {
  Tally,
  type CommandCounts,
  type CommandPayloads,
} from '../../buffer/journal/query/command-payloads.js';
import {
  CommandTimeoutError,
  sendCommand,
  type Command,
  type CommandProgress,
  type CommandResult,
} from '../../buffer/journal/ownership/command.js';
import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import { cliMessages } from '../cli.messages.js';
import { checkOwner, type Session } from '../session.js';

/** The longest silence of an owner. */
const TIMEOUT_MS = 30_000;

/** A slow replay reports progress with each event only. */
function timeoutOf({ rate }: { readonly rate?: number | undefined }): number {
  return TIMEOUT_MS + (rate === undefined ? 0 : 2_000 / rate);
}

/** The result of a command, of all owners together. */
export interface Given extends CommandCounts {
  /** The command's id: replayed copies carry it. */
  readonly id: string;
  /** Applications that executed it. */
  readonly owners: number;
  /** Problems, each with its remedy. */
  readonly problems: readonly string[];
}

interface GivenTo {
  readonly folders?: readonly FolderView[];
  readonly onProgress?: (done: number) => void;
}

/** Sends a command to the owners of folders, and executes it in the folders without an owner; `folders`: default all. */
export async function giveCommand<K extends keyof CommandPayloads>(
  session: Session,
  kind: K,
  payload: CommandPayloads[K],
  { folders: only, onProgress }: GivenTo = {},
): Promise<Given> {
  const { services, reader } = session;
  const { clock } = services;
  const folders = only ?? (await reader.folders());
  // A silent owner would not release folders that running owners do not release.
  const owners = folders.filter(kind === 'move' ? isRunning : mayListen);
  const now = clock.now();
  const command: Command = { id: newId(now), kind, at: new Date(now).toISOString(), payload };
  checkOwner(session, folders);
  const problems: string[] = [];
  const results: CommandResult[] = [];
  const done = new Map<string, number>();
  const progressOf = (whose: string) => (progress: CommandProgress) => {
    done.set(whose, progress.done);
    onProgress?.([...done.values()].reduce((sum, own) => sum + own, 0));
  };

  const sending = owners.map(async ({ path, owner, condition }) => {
    try {
      const options = {
        timeoutMs: timeoutOf('rate' in payload ? payload : {}),
        onProgress: progressOf(owner),
      };
      const result = await sendCommand(services.files, clock, path, command, options);
      if (result.error === undefined) results.push(result);
      else problems.push(cliMessages.refusedBy(owner, result.error));
    } catch (error) {
      if (!(error instanceof CommandTimeoutError)) throw error;
      problems.push(cliMessages.noAnswer(condition === 'alive' ? owner : `${owner} (${condition})`));
    }
  });
  await Promise.all(sending);
  const carriedOut = results.length;
  if (folders.some(hasNoOwner)) {
    for (const result of await services.runOffline(services, reader.directory, command, progressOf(''))) {
      if (result.error === undefined) results.push(result);
      else problems.push(result.error);
    }
  }
  return { id: command.id, owners: carriedOut, problems, ...sumOf(results) };
}

function hasNoOwner({ condition }: FolderView): boolean {
  return condition === 'dead' || condition === 'closed';
}

/** The folder of an owner, with its inbox. An owner on another machine may be alive. */
function mayListen({ owner, origin, condition, ownerFile }: FolderView): boolean {
  return owner === origin && (condition === 'alive' || (condition === 'unknown' && ownerFile === 'good'));
}

function isRunning({ owner, origin, condition }: FolderView): boolean {
  return owner === origin && condition === 'alive';
}

function sumOf(results: readonly CommandResult[]): CommandCounts {
  const tally = new Tally();
  let events = 0;
  for (const { value } of results) {
    const counts = value as Partial<CommandCounts> | undefined;
    events += counts?.events ?? 0;
    for (const [lane, own] of Object.entries(counts?.lanes ?? {})) tally.add([lane], own);
  }
  return { events, lanes: tally.counts.lanes };
}
