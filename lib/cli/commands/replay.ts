import { eventsOf } from '../../event/counted.js';
import type { EventType } from '../../event/tracking-event.js';
import { Tally, type CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import { replayLanes, type EventFilter } from '../../buffer/journal/query/event-filter.js';
import { cliMessages } from '../cli.messages.js';
import { writing } from '../command.js';
import { FILTERS, selected } from '../options/filters.js';
import { DRY_RUN, option, parsed } from '../options/option.js';
import { collect, collectOf, rateOf } from '../options/parsers.js';
import { withProgress } from '../output/progress-bar.js';
import type { Session } from '../session.js';
import { giveCommand } from '../write/give-command.js';
import { lanesText, tellDryRun, tellGiven } from '../write/outcome.js';

const TYPES: readonly EventType[] = ['track', 'identify', 'group', 'alias'];

type To = readonly string[] | 'all' | undefined;

/** `replay`: sends events again, with the same ids and times. */
export const replay = writing({
  name: 'replay',
  description: 'send events again, with the same ids and times, so that platforms recognise repeats',
  argument: '[ids...]',
  options: {
    ...FILTERS,
    all: option('--all', 'all events'),
    to: parsed(
      '--to <destination>',
      'destination to send to, or all; may be repeated; default: the destinations of each event',
      collect,
    ),
    types: parsed(
      '--type <type>',
      'track, identify, group or alias; may be repeated; default: track, or with ids every type',
      collectOf(TYPES),
    ),
    rate: parsed('--rate <events>', 'maximum number of events per second, for each application', rateOf),
    dryRun: DRY_RUN,
  },
  async run(session, { all, to, dryRun, rate, types, ...filters }, ids) {
    const kinds = types ?? (ids.length > 0 ? TYPES : ['track']);
    const filter = { ...selected(filters, ids, all), types: kinds };
    const target: To = to?.includes('all') === true ? 'all' : to;
    const plan = await planReplay(session, filter, target);
    if (plan.events === 0) {
      session.terminal.tell(cliMessages.nothingToReplay(types === undefined && ids.length === 0));
      return;
    }
    if (dryRun === true) {
      const text = `${eventsOf(plan.events)} would be sent again${lanesText(plan.lanes)}`;
      await tellDryRun(session, plan, text);
      return;
    }
    const given = await withProgress(session.terminal, 'Replaying', plan.events, (onProgress) =>
      giveCommand(session, 'replay', { filter, to: target, rate }, { onProgress }),
    );
    await tellGiven(session, 'queued again', given);
  },
});

/** Counts the events that a replay would send. @throws Error for an unknown destination */
async function planReplay({ reader }: Session, filter: EventFilter, to: To): Promise<CommandCounts> {
  const known = [...new Set((await reader.folders()).flatMap(({ lanes }) => Object.keys(lanes)))];
  for (const name of to === 'all' || to === undefined ? [] : to) {
    if (!known.includes(name)) throw new Error(cliMessages.unknownDestination(name, known));
  }
  const tally = new Tally();
  for await (const event of reader.events(filter)) {
    const lanes = replayLanes(event, filter, to, Object.keys(event.folder.lanes));
    if (lanes.length > 0) tally.add(lanes);
  }
  return tally.counts;
}
