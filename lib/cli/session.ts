import { resolve } from 'node:path';
import type {
  Command as GivenCommand,
  CommandProgress,
  CommandResult,
} from '../buffer/journal/ownership/command.js';
import type { Files } from '../buffer/journal/files/files.js';
import type { ProcessIdentity } from '../buffer/journal/ownership/process-identity.js';
import { realDirectory } from '../buffer/journal/ownership/root-directory.js';
import { openReader, type JournalReader } from '../buffer/journal/reader/reader.js';
import type { Clock } from '../host/clock.js';
import { CliError } from './cli-error.js';
import { noJournal } from './cli.messages.js';
import type { Terminal } from './terminal.js';

/** Carries out a command in the folders that nobody owns, under the lock that the application would take. */
export type RunOffline = (
  directory: string,
  command: GivenCommand,
  onProgress: (progress: CommandProgress) => void,
) => Promise<readonly CommandResult[]>;

/** What the commands work with. */
export interface Services {
  readonly files: Files;
  readonly process: ProcessIdentity;
  readonly clock: Clock;
  readonly runOffline?: RunOffline | undefined;
  /** Imports a module of the application, and gives what it exports. */
  readonly load?: ((path: string) => Promise<object>) | undefined;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly directory: string;
  readonly json?: boolean;
}

/** What every command has around it. */
export interface Scene {
  readonly terminal: Terminal;
  readonly services: Services;
  /** Says that the answer is bad; the command goes on. */
  readonly exit: (code: number) => void;
}

/** One command at work on one journal. */
export interface Session extends Scene {
  readonly reader: JournalReader;
  readonly json: boolean;
}

/** Opens the journal of a command. @throws CliError */
export async function openSession(
  { directory, json = false }: GlobalOptions,
  terminal: Terminal,
  services: Services,
  exit: (code: number) => void,
): Promise<Session> {
  const { files, process, clock } = services;
  const reader = await openReader(realDirectory(directory), { files, process, now: () => clock.now() });
  if (reader === undefined) throw new CliError(noJournal(resolve(directory)));
  return { terminal, services, reader, json, exit };
}
