import { resolve } from 'node:path';
import type {
  Command as GivenCommand,
  CommandProgress,
  CommandResult,
} from '../buffer/journal/ownership/command.js';
import type { Files } from '../buffer/journal/files/files.js';
import type { ProcessIdentity } from '../buffer/journal/ownership/process-identity.js';
import { realDirectory } from '../buffer/journal/ownership/trust.js';
import { openReader, type JournalReader } from '../buffer/journal/reader/reader.js';
import type { Clock } from '../host/clock.js';
import { CliError } from './cli-error.js';
import { noJournal } from './cli.messages.js';
import type { Terminal } from './terminal.js';

/** Carries out a command in the folders without an owner, under the lock that the application would take. */
export type RunOffline = (
  directory: string,
  command: GivenCommand,
  onProgress: (progress: CommandProgress) => void,
) => Promise<readonly CommandResult[]>;

/** The services that commands use. */
export interface Services {
  readonly files: Files;
  readonly process: ProcessIdentity;
  readonly clock: Clock;
  readonly runOffline?: RunOffline | undefined;
  /** Imports a module of the application; resolves to its exports. */
  readonly load?: ((path: string) => Promise<object>) | undefined;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly directory: string;
  readonly json?: boolean;
}

/** The surroundings of every command. */
export interface Scene {
  readonly terminal: Terminal;
  readonly services: Services;
  /** Sets the exit code of a bad result; the command continues. */
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
  scene: Scene,
): Promise<Session> {
  const { files, process, clock } = scene.services;
  const reader = await openReader(realDirectory(directory), { files, process, now: () => clock.now() });
  if (reader === undefined) throw new CliError(noJournal(resolve(directory)));
  return { ...scene, reader, json };
}
