import type { OptionRow, ValuesOf } from './options/option.js';
import { checkOwner, openSession, tellOmitted, type Scene, type Session } from './session.js';

type Rows = Readonly<Record<string, OptionRow<unknown>>>;

/** One command of the command line, or a group of them. */
export interface CliCommand {
  readonly name: string;
  readonly description: string;
  readonly argument?: string;
  readonly options?: Rows;
  readonly commands?: readonly CliCommand[];
  run?(scene: Scene, options: ValuesOf<Rows>, args: readonly string[]): Promise<void>;
}

/** A command with the types of its options. `Given`: the scene, or a session on a journal. */
interface Declared<Given, R extends Rows> extends Omit<CliCommand, 'options' | 'run'> {
  readonly options?: R;
  run(given: Given, options: ValuesOf<R>, args: readonly string[]): Promise<void>;
}

/** A command that needs no journal. */
export function journalless<R extends Rows>(command: Declared<Scene, R>): CliCommand {
  return command;
}

/** A command on a journal. */
export function onJournal<R extends Rows>(command: Declared<Session, R>): CliCommand {
  return {
    ...command,
    run: async (scene, options: ValuesOf<R>, args) =>
      await command.run(await openSession(scene), options, args),
  };
}

/** As {@link onJournal}, for a command that omits paths that it cannot read. It names each of them, and the exit code is 1. */
export function reading<R extends Rows>(command: Declared<Session, R>): CliCommand {
  return onJournal({
    ...command,
    async run(session, options: ValuesOf<R>, args) {
      const reader = session.reader.omitting((denied) => tellOmitted(session, denied));
      await command.run({ ...session, reader }, options, args);
    },
  });
}

/** As {@link onJournal}, for a command that writes. It fails before it starts if its user does not own the folders. */
export function writing<R extends Rows>(command: Declared<Session, R>): CliCommand {
  return onJournal({
    ...command,
    async run(session, options: ValuesOf<R>, args) {
      if (options['dryRun'] !== true) checkOwner(session, await session.reader.folders());
      await command.run(session, options, args);
    },
  });
}
