import { InvalidArgumentError, Option, type Command } from 'commander';
import { LANE_STATES, type EventFilter, type LaneState } from '../../buffer/journal/commands/event-filter.js';
import { notOneOf } from '../cli.messages.js';
import { timeOption } from './time-option.js';

/** What commander makes of {@link addFilterOptions}. */
export interface FilterOptions {
  readonly since?: number;
  readonly until?: number;
  readonly event?: readonly string[];
  readonly user?: readonly string[];
  readonly anonymous?: readonly string[];
  readonly destination?: readonly string[];
  readonly state?: readonly LaneState[];
  readonly text?: string;
}

/** Gives a command the filters that all commands share. `states`: those that make a difference to it. */
export function addFilterOptions(
  command: Command,
  now: () => number,
  states: readonly LaneState[] = LANE_STATES,
): Command {
  command
    .addOption(
      timeOption(
        '--since <time>',
        'accepted at this time or later: ISO 8601, epoch milliseconds, or an age such as 15m, 2h, 3d',
        now,
      ),
    )
    .addOption(timeOption('--until <time>', 'accepted before this time', now))
    .addOption(new Option('--event <name>', 'event name; may be repeated').argParser(collect))
    .addOption(new Option('--user <id>', 'userId of the event; may be repeated').argParser(collect))
    .addOption(new Option('--anonymous <id>', 'anonymousId of the event; may be repeated').argParser(collect))
    .addOption(
      new Option('--destination <name>', 'destination of the event; may be repeated').argParser(collect),
    );
  if (states.length > 0) {
    command.addOption(
      new Option(
        '--state <state>',
        `${states.join(', ')}: in any destination, or in those of --destination; may be repeated`,
      ).argParser((value: string, previous: LaneState[] | undefined) => {
        const state = states.find((known) => known === value);
        if (state === undefined) throw new InvalidArgumentError(notOneOf(states));
        return [...(previous ?? []), state];
      }),
    );
  }
  return command.option('--text <text>', 'the event contains this text, in upper or lower case');
}

/** The filter that the options say; `ids` where the command takes them. */
export function filterOf(options: FilterOptions, ids: readonly string[] = []): EventFilter {
  return {
    ...(options.since !== undefined && { since: options.since }),
    ...(options.until !== undefined && { until: options.until }),
    ...(ids.length > 0 && { ids: ids.map((id) => id.toLowerCase()) }),
    ...(options.event !== undefined && { names: options.event }),
    ...(options.user !== undefined && { userIds: options.user }),
    ...(options.anonymous !== undefined && { anonymousIds: options.anonymous }),
    ...(options.destination !== undefined && { destinations: options.destination }),
    ...(options.state !== undefined && { states: options.state }),
    ...(options.text !== undefined && { text: options.text }),
  };
}

/** Gathers an option that may be repeated. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
