import type { Denied } from '../../buffer/journal/ownership/denied.js';
import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import type { FolderCounts, Pending } from '../../buffer/journal/reader/overview.js';
import type { Overview } from '../../buffer/journal/reader/reader.js';
import { strandedRows, type StrandedRow } from '../../buffer/journal/reader/stranded.js';
import { totalOf } from '../../event/counted.js';
import { cliMessages } from '../cli.messages.js';
import { onJournal } from '../command.js';
import { troubleLines, troublesOf } from '../output/lane-troubles.js';
import { ageText, bytesText, count } from '../output/quantities.js';
import { safeText } from '../output/safe-text.js';
import { addTo, noSums, SUM_COLUMNS, sumCells } from '../output/sums.js';
import { table, type Column } from '../output/table.js';
import { EXIT, tellOmitted } from '../session.js';

type GroupStatus = ReturnType<typeof groupsOf>[number];
type LaneStatus = ReturnType<typeof laneStatus>;
type FolderStatus = ReturnType<typeof folderStatus>;

const LANE_COLUMNS: readonly Column[] = [
  { title: 'DESTINATION' },
  ...SUM_COLUMNS,
  { title: 'OLDEST PENDING', right: true },
];

const FOLDER_COLUMNS: readonly Column[] = [
  { title: 'FOLDER' },
  { title: 'OWNER' },
  { title: 'LAST SIGN', right: true },
  { title: 'PID', right: true },
  { title: 'SEGMENTS', right: true },
  { title: 'SIZE', right: true },
  { title: 'PENDING', right: true },
  { title: 'DAMAGED', right: true },
];

const STRANDED_COLUMNS: readonly Column[] = [
  { title: 'NOT DELIVERED', right: true },
  { title: 'ACCOUNT' },
  { title: 'DESTINATION' },
  { title: 'REASON' },
  { title: 'FOLDER' },
];

/** `status`: events by destination and outcome, and the folders with their owners. */
export const status = onJournal({
  name: 'status',
  description: 'count events by destination and outcome, and list the folders with their owners',
  async run(session) {
    const { reader, terminal, json, exit, services } = session;
    const now = services.clock.now();
    const denied: Denied[] = [];
    const overview = await reader.omitting((one) => denied.push(one)).count();
    const groups = groupsOf(overview, now);
    const stranded = strandedRows(overview.folders);
    if (json) {
      if (denied.length > 0) exit(EXIT.found);
      const unreadable = denied.map(({ path, code, uid = null }) => ({ path, code, uid }));
      await terminal.writeJson({ directory: reader.directory, groups, stranded, unreadable });
      return;
    }
    if (groups.length === 0 && denied.length === 0) terminal.tell(cliMessages.isEmpty());
    for (const [i, group] of groups.entries()) {
      if (i > 0) await terminal.write('\n');
      await terminal.write(textOf(group, terminal.columns, now));
    }
    if (stranded.length > 0) await terminal.write(`\n${strandedText(stranded, terminal.columns)}`);
    for (const one of denied) tellOmitted(session, one);
    const uids = new Set(overview.folders.flatMap(({ folder }) => folder.uid ?? []));
    if (uids.size > 1) terminal.tell(cliMessages.severalUsers([...uids].toSorted((a, b) => a - b)));
  },
});

/** The journals of each configuration: of one service with one set of keys. */
function groupsOf(overview: Overview, now: number) {
  const groups = [...new Set(overview.folders.map(({ folder }) => folder.group))];
  return groups.map((group) => {
    const rows = overview.counts.rows().filter((row) => row.group === group);
    const folders = overview.folders.filter(({ folder }) => folder.group === group);
    const destinations = new Set([
      ...folders.flatMap(({ folder }) => Object.keys(folder.lanes)),
      ...rows.map(({ lane }) => lane),
      ...folders.flatMap(({ pending }) => [...pending.keys()]),
    ]);
    return {
      group,
      destinations: [...destinations].map((lane) =>
        laneStatus(lane, { rows, folders, troubles: overview.troubles }, now),
      ),
      folders: folders.map(folderStatus),
    };
  });
}

interface GroupCounts extends Pick<Overview, 'folders' | 'troubles'> {
  readonly rows: readonly EndCount[];
}

/** The events of one destination, in all folders of a group. */
function laneStatus(destination: string, { rows, folders, troubles }: GroupCounts, now: number) {
  const views = folders.map(({ folder }) => folder);
  const account = views.map(({ lanes }) => lanes[destination]).find((found) => found !== undefined);
  const sums = noSums();
  const dropped: Record<string, number> = {};
  for (const row of rows.filter(({ lane }) => lane === destination)) {
    addTo(sums, row);
    if (row.state === 'dropped') dropped[row.reason] = (dropped[row.reason] ?? 0) + row.count;
  }
  const pending = folders.flatMap((folder) => folder.pending.get(destination) ?? []);
  return {
    destination,
    kind: account?.kind,
    host: account?.host,
    ...sums,
    dropped,
    oldestPending: oldestOf(pending, now),
    ...troublesOf(destination, views, troubles),
  };
}

function oldestOf(pending: readonly Pending[], now: number) {
  const [first] = pending.map(({ oldest }) => oldest).toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  if (first === undefined) return null;
  const { id, name, acceptedAt } = first;
  return { id, name, acceptedAt: new Date(acceptedAt).toISOString(), ageMs: Math.max(0, now - acceptedAt) };
}

function folderStatus({ folder, bytes, segments, damaged, pending }: FolderCounts) {
  return {
    folder: `${folder.group}/${folder.origin}`,
    owner: folder.owner,
    state: folder.condition,
    lastSignMs: folder.heartbeatAgeMs === undefined ? null : Math.round(folder.heartbeatAgeMs),
    pid: folder.pid ?? null,
    host: folder.host ?? null,
    /** The uid of the folder's owner. */
    uid: folder.uid ?? null,
    bytes,
    segments,
    pending: Object.fromEntries([...pending].map(([lane, { events }]) => [lane, events])),
    damaged,
  };
}

function textOf({ group, destinations, folders }: GroupStatus, screen: number, now: number): string {
  const isRunning = folders.some(
    ({ state, folder, owner }) => state === 'alive' && folder.endsWith(`/${owner}`),
  );
  const accounts = destinations.map(({ destination, kind, host }) => accountText(destination, kind, host));
  return [
    safeText(`${group}: ${accounts.join(', ') || 'no destinations'}`),
    '',
    table(LANE_COLUMNS, destinations.map(laneCells), screen),
    ...destinations.flatMap((lane) => [
      ...droppedLines(lane),
      ...troubleLines(lane.destination, lane, isRunning, now),
    ]),
    table(FOLDER_COLUMNS, folders.map(folderCells), screen),
  ].join('\n');
}

/** Pending events that no process delivers, and the remedy for each reason. */
function strandedText(rows: readonly StrandedRow[], screen: number): string {
  const cells = rows.map(({ events, account, destination, reason, folder }) =>
    [events === null ? '' : count(events), account ?? '', destination ?? '', reason, folder].map(safeText),
  );
  const hints = [...new Set(rows.map(({ reason }) => reason))].map(
    (reason) => `${cliMessages.strandedHint(reason)}\n`,
  );
  return `${table(STRANDED_COLUMNS, cells, screen)}\n${hints.join('')}`;
}

function accountText(destination: string, kind: string | undefined, host: string | undefined): string {
  const details = [kind === destination ? '' : kind, host].filter(Boolean);
  return details.length === 0 ? destination : `${destination} (${details.join(', ')})`;
}

function laneCells({ destination, dropped, oldestPending, ...sums }: LaneStatus): string[] {
  return [
    destination,
    ...sumCells({ ...sums, dropped: totalOf(dropped) }),
    oldestPending === null ? '' : ageText(oldestPending.ageMs),
  ];
}

function droppedLines({ destination, dropped }: LaneStatus): string[] {
  const reasons = Object.entries(dropped).map(([reason, events]) => `${reason} ${count(events)}`);
  return reasons.length === 0 ? [] : [safeText(`${destination} dropped: ${reasons.join(', ')}`) + '\n'];
}

function folderCells(folder: FolderStatus): string[] {
  const origin = folder.folder.slice(folder.folder.indexOf('/') + 1);
  return [
    origin,
    folder.owner === origin ? folder.state : `${folder.state}, taken over by ${folder.owner}`,
    folder.lastSignMs === null ? '' : `${ageText(folder.lastSignMs)} ago`,
    folder.pid === null ? '' : String(folder.pid),
    count(folder.segments),
    bytesText(folder.bytes),
    count(totalOf(folder.pending)),
    count(folder.damaged),
  ];
}
