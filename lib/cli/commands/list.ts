import { reading } from '../command.js';
import { FILTERS } from '../options/filters.js';
import { parsed } from '../options/option.js';
import { countOf } from '../options/parsers.js';
import { eventListing } from '../output/event-row.js';

/** `list`: events, oldest first. */
export const list = reading({
  name: 'list',
  description: 'list events, oldest first',
  options: { ...FILTERS, limit: parsed('--limit <count>', 'maximum number to show', countOf) },
  async run(session, { limit, ...filter }) {
    await eventListing(session).writeAll(session.reader.events(filter), limit);
  },
});
