import { commands, domainEvents, queries } from '../../entry-points/stands/cqrs.js';
import {
  asynchronousListeners,
  awaitedListeners,
  synchronousListeners,
} from '../../entry-points/stands/event-emitter.js';
import { schedule } from '../../entry-points/stands/schedule.js';
import { scripts } from '../../entry-points/stands/scripts.js';
import { holdTheTable } from './hold-the-table.js';

[
  commands,
  queries,
  domainEvents,
  synchronousListeners,
  asynchronousListeners,
  awaitedListeners,
  schedule,
  scripts,
].forEach(holdTheTable);
