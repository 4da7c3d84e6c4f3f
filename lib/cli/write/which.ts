import type { EventFilter } from '../../buffer/journal/commands/event-filter.js';
import { CliError } from '../cli-error.js';
import { saysAll } from '../cli.messages.js';

/** The filter, unless it means everything and nobody said so. @throws CliError */
export function meantFilter(filter: EventFilter, all: boolean | undefined): EventFilter {
  if (Object.keys(filter).length === 0 && all !== true) throw new CliError(saysAll());
  return filter;
}
