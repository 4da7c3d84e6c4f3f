import { EVENT_STATES, type EventFilter } from '../../buffer/journal/query/event-filter.js';
import { cliMessages } from '../cli.messages.js';
import { option, parsed } from './option.js';
import { checkedTime, collect, collectOf } from './parsers.js';

/** Options of commands that select events: each is a condition of an {@link EventFilter}. */
export const FILTERS = {
  since: parsed(
    '--since <time>',
    'accepted at this time or later: ISO 8601, epoch milliseconds, or an age such as 15m, 2h, 3d',
    checkedTime,
  ),
  until: parsed('--until <time>', 'accepted before this time', checkedTime),
  names: parsed('--event <name>', 'event name; may be repeated', collect),
  userIds: parsed('--user <id>', 'userId of the event; may be repeated', collect),
  anonymousIds: parsed('--anonymous <id>', 'anonymousId of the event; may be repeated', collect),
  destinations: parsed('--destination <name>', 'destination of the event; may be repeated', collect),
  states: parsed(
    '--state <state>',
    `${EVENT_STATES.join(', ')}: in any destination, or in those of --destination; may be repeated`,
    collectOf(EVENT_STATES),
  ),
  text: option('--text <text>', 'the event contains this text, in upper or lower case'),
};

const { states: _, ...letterFilters } = FILTERS;
/** The same for dead letters, which have one state. */
export const LETTER_FILTERS = letterFilters;

/** The filter of a command that changes what it selects: everything only with `--all`. @throws Error */
export function selected(filter: EventFilter, ids: readonly string[], all: boolean | undefined): EventFilter {
  if (ids.length > 0) return { ...filter, ids: ids.map((id) => id.toLowerCase()) };
  if (Object.keys(filter).length === 0 && all !== true) throw new Error(cliMessages.saysAll());
  return filter;
}
