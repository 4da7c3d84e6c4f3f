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

/** Codes with which a file system says that we may not, or that the path is none of a folder. */
const DENIED = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'EIO', 'EISDIR', 'ELOOP', 'EFTYPE', 'ENXIO']);

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
  addStatus(program);
  addList(program);
  addShow(program);
  addTail(program);
  addDead(program);
  addReplay(program);
  addMove(program);
  addErase(program);
  addVerify(program);
  addExport(program);
  addImport(program);
  addReconcile(program);
  addPlan(program);
  addCollector(program);
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
