import { resolve } from 'node:path';
import { realDirectory, type Denied } from '../buffer/journal/ownership/denied.js';
import type { FolderView } from '../buffer/journal/reader/folder-view.js';
import { openReader, type JournalReader } from '../buffer/journal/reader/reader.js';
import type { OfflineSetup, runOffline } from '../buffer/journal/run-offline.js';
import { cliMessages } from './cli.messages.js';
import { safeText } from './output/safe-text.js';
import type { Terminal } from './terminal.js';

/** Exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** The command succeeded with a bad result: damage, an unproven erasure. */
  found: 1,
  /** The command failed. */
  failed: 2,
} as const;

/** The services that commands use. */
export interface Services extends OfflineSetup {
  readonly runOffline: typeof runOffline;
  /** Imports a module of the application; resolves to its exports. */
  readonly load: (path: string) => Promise<object>;
}

/** The context of every command: the terminal, the services and the global options. */
export interface Scene {
  readonly terminal: Terminal;
  readonly services: Services;
  /** Of the journal, as its option gives it. */
  readonly directory: string;
  readonly json: boolean;
  /** Sets the exit code of a bad result; the command continues. */
  readonly exit: (code: number) => void;
}

/** A scene with a journal that is open for reading. */
export interface Session extends Scene {
  readonly reader: JournalReader;
}

/** Opens the journal of a command. @throws Error */
export async function openSession(scene: Scene): Promise<Session> {
  const { files, process, clock } = scene.services;
  const directory = realDirectory(scene.directory);
  const reader = await openReader(directory, { files, process, now: () => clock.now() });
  if (reader === undefined) throw new Error(cliMessages.noJournal(resolve(scene.directory)));
  return { ...scene, reader };
}

/**
 * Files of a command belong to its user, and an application of another user could neither read nor adopt them.
 *
 * @throws Error if a folder belongs to another user
 */
export function checkOwner({ services }: Scene, folders: readonly FolderView[]): void {
  const user = services.files.user();
  if (user === undefined) return;
  const other = folders.find(({ uid = user }) => uid !== user);
  if (other?.uid !== undefined) throw new Error(cliMessages.notTheOwner(other.path, other.uid, user));
}

/** Names a path that the result lacks. */
export function tellOmitted({ terminal, services, exit }: Scene, denied: Denied): void {
  exit(EXIT.found);
  terminal.tell(safeText(cliMessages.omitted(denied, services.files.user())));
}
