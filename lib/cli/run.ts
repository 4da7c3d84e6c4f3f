import { CommanderError } from 'commander';
import { DeniedError, deniedOf, type Denied } from '../buffer/journal/ownership/denied.js';
import { cliMessages } from './cli.messages.js';
import type { CliCommand } from './command.js';
import { collector } from './commands/collector.js';
import { dead } from './commands/dead.js';
import { erase } from './commands/erase.js';
import { exportEvents } from './commands/export.js';
import { importEvents } from './commands/import.js';
import { list } from './commands/list.js';
import { move } from './commands/move.js';
import { plan } from './commands/plan.js';
import { reconcile } from './commands/reconcile.js';
import { replay } from './commands/replay.js';
import { show } from './commands/show.js';
import { status } from './commands/status.js';
import { tail } from './commands/tail.js';
import { verify } from './commands/verify.js';
import { safeText } from './output/safe-text.js';
import { programOf } from './program.js';
import { EXIT, type Services } from './session.js';
import { OutputClosed, Terminal, type World } from './terminal.js';

/** Codes of a file system for a path that may not be read, or is not a folder. */
const DENIED = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'EIO', 'EISDIR', 'ELOOP', 'EFTYPE', 'ENXIO']);

/** In the order of the help. */
const COMMANDS: readonly CliCommand[] = [
  status,
  list,
  show,
  tail,
  dead,
  replay,
  move,
  erase,
  verify,
  exportEvents,
  importEvents,
  reconcile,
  plan,
  collector,
];

/** The denied path that made a command fail, if any. */
async function deniedBy(error: unknown, { files }: Services): Promise<Denied | undefined> {
  if (error instanceof DeniedError) return error.denied;
  const { code, path } = error as { code?: string; path?: string };
  if (code === undefined || path === undefined || !DENIED.has(code)) return undefined;
  return await deniedOf(files, path, error);
}

/** Runs one command line; resolves to its exit code and never rejects. */
export async function run(
  argv: readonly string[],
  world: World,
  services: Services,
  version: string,
): Promise<number> {
  const terminal = new Terminal(world);
  let exitCode: number = EXIT.ok;
  const exit = (code: number): void => {
    exitCode = Math.max(exitCode, code);
  };
  const program = programOf(COMMANDS, { terminal, services, exit }, version);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written its message already. Requesting help or the version is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
    if (error instanceof OutputClosed) return EXIT.ok;
    const denied = await deniedBy(error, services);
    const { message = 'It failed.' } = error as { message?: string };
    terminal.tell(
      safeText(denied === undefined ? message : cliMessages.unreadable(denied, services.files.user())),
    );
    return EXIT.failed;
  }
}
