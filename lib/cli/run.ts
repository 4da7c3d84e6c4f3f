import { DeniedError, deniedOf, type Denied } from '../buffer/journal/ownership/denied.js';
import { CliError, EXIT, OutputClosed } from './cli-error.js';
import { unreadable } from './cli.messages.js';
import { addCollector } from './commands/collector.js';
import { addDead } from './commands/dead.js';
import { addErase } from './commands/erase.js';
import { addExport } from './commands/export.js';
import { addImport } from './commands/import.js';
import { addList } from './commands/list.js';
import { addMove } from './commands/move.js';
import { addPlan } from './commands/plan.js';
import { addReconcile } from './commands/reconcile.js';
import { addReplay } from './commands/replay.js';
import { addShow } from './commands/show.js';
import { addStatus } from './commands/status.js';
import { addTail } from './commands/tail.js';
import { addVerify } from './commands/verify.js';
import { safeText } from './output/safe-text.js';
import { Program } from './program.js';
import type { Services } from './session.js';
import { Terminal, type World } from './terminal.js';

/** Codes of a file system for a path that may not be read, or is not a folder. */
const DENIED = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'EIO', 'EISDIR', 'ELOOP', 'EFTYPE', 'ENXIO']);

/** In the order of the help. */
const COMMANDS: readonly ((program: Program) => void)[] = [
  addStatus,
  addList,
  addShow,
  addTail,
  addDead,
  addReplay,
  addMove,
  addErase,
  addVerify,
  addExport,
  addImport,
  addReconcile,
  addPlan,
  addCollector,
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
  const program = new Program(terminal, services, version);
  for (const add of COMMANDS) add(program);
  try {
    return await program.run(argv);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.ok;
    if (error instanceof CliError) {
      terminal.tell(error.message);
      return error.exitCode;
    }
    const denied = await deniedBy(error, services);
    const { message = 'It failed.' } = error as { message?: string };
    terminal.tell(safeText(denied === undefined ? message : unreadable(denied, services.files.user())));
    return EXIT.failed;
  }
}
