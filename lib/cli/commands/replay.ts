import { eventsOf } from '../../event/counted.js';
import type { EventType } from '../../event/tracking-event.js';
import { Tally, type CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import { replayLanes, type EventFilter } from '../../buffer/journal/query/event-filter.js';
import { CliError } from '../cli-error.js';
import { nothingToReplay, unknownDestination } from '../cli.messages.js';
import { addFilterOptions, filterOf, type FilterOptions } from '../options/filter-options.js';
import { collect, collectOf, rateOf } from '../options/values.js';
import { ProgressBar } from '../output/progress-bar.js';
import { safeText } from '../output/safe-text.js';
import type { Program } from '../program.js';
import type { Session } from '../session.js';
import { meantFilter } from '../write/checks.js';
import { giveCommand } from '../write/give-command.js';
import { lanesText, tellDryRun, tellGiven } from '../write/outcome.js';

interface ReplayOptions extends FilterOptions {
  readonly type?: readonly EventType[];
  readonly all?: boolean;
  readonly to?: readonly string[];
  readonly dryRun?: boolean;
  readonly rate?: number;
}

const TYPES: readonly EventType[] = ['track', 'identify', 'group', 'alias'];

type To = readonly string[] | 'all' | undefined;

/** `replay`: sends events again, with the same ids and times. */
export function addReplay(program: Program): void {
  const command = program
    .command('replay')
    .description('send events again, with the same ids and times, so that platforms recognise repeats')
    .argument('[ids...]');
  addFilterOptions(command, program.now)
    .option('--all', 'all events')
    .option(
      '--to <destination>',
      'destination to send to, or all; may be repeated; default: the destinations of each event',
      collect,
    )
    .option(
      '--type <type>',
      'track, identify, group or alias; may be repeated; default: track, or with ids every type',
      collectOf(TYPES),
    )
    .option('--rate <events>', 'maximum number of events per second, for each application', rateOf)
    .option('--dry-run', 'only count, change nothing');
  program.writing(
    command,
    async (session, { all, to, dryRun, rate, type, ...options }: ReplayOptions, ids) => {
      const types = type ?? (ids.length > 0 ? TYPES : ['track' as const]);
      const filter = { ...meantFilter(filterOf(options, ids), all), types };
      const target: To = to?.includes('all') === true ? 'all' : to;
      const plan = await planReplay(session, filter, target);
      if (plan.events === 0) {
        session.terminal.tell(nothingToReplay(type === undefined && ids.length === 0));
        return;
      }
      if (dryRun === true) {
        const text = `${eventsOf(plan.events)} would be sent again${lanesText(plan.lanes)}`;
        await tellDryRun(session, plan, text);
        return;
      }
      const bar = new ProgressBar(session.terminal, 'Replaying', plan.events);
      const payload = {
        filter,
        ...(target !== undefined && { to: target }),
        ...(rate !== undefined && { rate }),
      };
      const giving = giveCommand(session, 'replay', payload, (done) => bar.to(done));
      await tellGiven(session, 'queued again', await giving.finally(() => bar.end()));
    },
  );
}

/** Counts the events that a replay would send. @throws CliError for an unknown destination */
async function planReplay({ reader }: Session, filter: EventFilter, to: To): Promise<CommandCounts> {
  const known = [...new Set((await reader.folders()).flatMap(({ lanes }) => Object.keys(lanes)))];
  for (const name of to === 'all' || to === undefined ? [] : to) {
    if (!known.includes(name)) throw new CliError(safeText(unknownDestination(name, known)));
  }
  const tally = new Tally();
  for await (const event of reader.events(filter)) {
    const lanes = replayLanes(event, filter, to, Object.keys(event.folder.lanes));
    if (lanes.length > 0) tally.add(lanes);
  }
  return tally.counts;
}
