import { Command as Parser, Option, type OutputConfiguration } from 'commander';
import type { CliCommand } from './command.js';
import type { Scene } from './session.js';
import type { Terminal } from './terminal.js';

const DEFAULT_DIRECTORY = 'var/tracking';

/** A scene, without the members that global options give. */
type SceneParts = Omit<Scene, 'directory' | 'json'>;

/** The parser of the command line: it runs the command that the arguments name. */
export function programOf(commands: readonly CliCommand[], scene: SceneParts, version: string): Parser {
  const { terminal } = scene;
  const program = new Parser('nestjs-tracking')
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
    .configureOutput(outputOf(terminal))
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)');
  for (const command of commands) add(command, program, scene);
  return program;
}

/** Requested help is a result, so it goes to stdout; errors and unrequested help go to stderr. */
const outputOf = (terminal: Terminal): OutputConfiguration => ({
  writeOut: (text) => void terminal.write(text).catch(() => {}),
  writeErr: (text) => terminal.tell(text.trimEnd()),
  getOutHelpWidth: () => Math.min(terminal.columns, 120),
  getErrHelpWidth: () => Math.min(terminal.columns, 120),
  getOutHasColors: () => terminal.hasColour,
  getErrHasColors: () => false,
});

function add(command: CliCommand, parent: Parser, scene: SceneParts): void {
  const { name, description, argument, options = {}, commands = [] } = command;
  const parser = parent.command(name).description(description).exitOverride();
  if (argument !== undefined) parser.argument(argument);
  const rows = Object.entries(options).map(([member, row]) => ({
    member,
    option: row.parser(() => scene.services.clock.now()),
  }));
  for (const { option } of rows) parser.addOption(option);
  for (const each of commands) add(each, parser, scene);
  if (command.run === undefined) return;
  parser.action(async () => {
    const given = parser.optsWithGlobals();
    const values = rows
      .map(({ member, option }): [string, unknown] => [member, given[option.attributeName()]])
      .filter(([, value]) => value !== undefined);
    const { directory, json = false } = given as Pick<Scene, 'directory'> & Partial<Scene>;
    const args = parser.processedArgs.flat() as string[];
    await command.run!({ ...scene, directory, json }, Object.fromEntries(values), args);
  });
}
