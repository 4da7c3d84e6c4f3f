import { Command, CommanderError, Option } from 'commander';
import { EXIT } from './cli-error.js';
import { omitted } from './cli.messages.js';
import { safeText } from './output/safe-text.js';
import { openSession, type GlobalOptions, type Scene, type Services, type Session } from './session.js';
import type { Terminal } from './terminal.js';
import { checkOwner } from './write/checks.js';

const DEFAULT_DIRECTORY = 'var/tracking';

/** Carries out a command. It gets its options, and its arguments if it has any. */
type Action<T> = (session: Session, options: T, args: readonly string[]) => Promise<void>;

/** The commands of the command line, and the journal that each works on. */
export class Program {
  readonly #program: Command;
  #exitCode: number = EXIT.ok;

  constructor(
    private readonly terminal: Terminal,
    private readonly services: Services,
    version: string,
  ) {
    this.#program = new Command('nestjs-tracking')
      .description(
        'Inspects and manages the journal of nestjs-tracking, also while the application runs, and prints the tracking plan.',
      )
      .version(version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .addOption(
        new Option(
          '-C, --directory <path>',
          'the directory of journal({ directory }); also set by NESTJS_TRACKING_DIRECTORY',
        ).default(terminal.env['NESTJS_TRACKING_DIRECTORY'] || DEFAULT_DIRECTORY),
      )
      .option('--json', 'print JSON: one object, or one object per line for a list')
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        // Requested help is a result, so it goes to stdout; errors and unrequested help go to stderr.
        writeOut: (text) => void terminal.write(text).catch(() => {}),
        writeErr: (text) => terminal.tell(text.trimEnd()),
        getOutHelpWidth: () => Math.min(terminal.columns, 120),
        getErrHelpWidth: () => Math.min(terminal.columns, 120),
        getOutHasColors: () => terminal.hasColour,
        getErrHasColors: () => false,
      })
      .exitOverride()
      .showSuggestionAfterError()
      .showHelpAfterError('(see --help)');
  }

  readonly now = (): number => this.services.clock.now();

  /** Makes a command; `under` for one of a group, such as `dead list`. */
  command(name: string, under: Command = this.#program): Command {
    return under.command(name).exitOverride();
  }

  /** Defines a command on a journal. */
  action<T extends object>(command: Command, act: Action<T>): void {
    command.action(async () => {
      const options = command.optsWithGlobals<T & GlobalOptions>();
      const args = command.processedArgs.flat() as string[];
      await act(await openSession(options, this.#scene), options, args);
    });
  }

  /** As {@link action}, for a command that omits paths that it cannot read. It names each of them, and the exit code is 1. */
  reading<T extends object>(command: Command, act: Action<T>): void {
    this.action(command, async (session, options: T, args) => {
      const { reader, terminal, services, exit } = session;
      const omitting = reader.omitting((denied) => {
        exit(EXIT.found);
        terminal.tell(safeText(omitted(denied, services.files.user())));
      });
      await act({ ...session, reader: omitting }, options, args);
    });
  }

  /** As {@link action}, for a command that writes. It fails before it starts if its user does not own the folders. */
  writing<T extends object>(command: Command, act: Action<T>): void {
    this.action(command, async (session, options: T & { readonly dryRun?: boolean }, args) => {
      const { reader, services } = session;
      if (options.dryRun !== true) checkOwner(await reader.folders(), services.files.user());
      await act(session, options, args);
    });
  }

  /** As {@link action}, for a command that needs no journal. */
  journalless<T extends object>(
    command: Command,
    act: (scene: Scene, options: T & GlobalOptions) => Promise<void>,
  ): void {
    command.action(async () => await act(this.#scene, command.optsWithGlobals<T & GlobalOptions>()));
  }

  get #scene(): Scene {
    const { terminal, services } = this;
    return { terminal, services, exit: (code) => void (this.#exitCode = Math.max(this.#exitCode, code)) };
  }

  /** Runs the command that the arguments name; resolves to the exit code. */
  async run(argv: readonly string[]): Promise<number> {
    try {
      await this.#program.parseAsync([...argv], { from: 'user' });
    } catch (error) {
      // Commander has written its message already. Requesting help or the version is no failure.
      if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
      throw error;
    }
    return this.#exitCode;
  }
}
