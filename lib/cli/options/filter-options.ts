import type { Command } from 'commander';
import { LANE_STATES, type EventFilter, type LaneState } from '../../buffer/journal/query/event-filter.js';
import { collect, collectOf, timeOption } from './values.js';

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

/** Adds the filters that all commands share; `states` are the choices of `--state`. */
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
    .option('--event <name>', 'event name; may be repeated', collect)
    .option('--user <id>', 'userId of the event; may be repeated', collect)
    .option('--anonymous <id>', 'anonymousId of the event; may be repeated', collect)
    .option('--destination <name>', 'destination of the event; may be repeated', collect);
  if (states.length > 0) {
    command.option(
      '--state <state>',
      `${states.join(', ')}: in any destination, or in those of --destination; may be repeated`,
      collectOf(states),
    );
  }
  return command.option('--text <text>', 'the event contains this text, in upper or lower case');
}

/** The filter of the options, and of `ids` if the command has them as arguments. */
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
