import type { Denied } from '../../buffer/journal/ownership/denied.js';
import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import type { FolderCounts, Pending } from '../../buffer/journal/reader/overview.js';
import type { AccountTrouble } from '../../buffer/journal/ownership/pauses-file.js';
import type { Overview } from '../../buffer/journal/reader/reader.js';
import { strandedRows, type StrandedRow } from '../../buffer/journal/reader/stranded.js';
import { isEmpty, omitted, severalUsers, strandedHint } from '../cli.messages.js';
import { EXIT } from '../cli-error.js';
import { troubleLines, troublesOf, type LaneTroubles } from '../output/lane-troubles.js';
import { ageText, bytesText, count } from '../output/quantities.js';
import { safeJson, safeText } from '../output/safe-text.js';
import { addTo, noSums, SUM_COLUMNS, sumCells, type Sums } from '../output/sums.js';
import { table, type Column } from '../output/table.js';
import type { Program } from '../program.js';

/** The events of one destination, in all folders of a group. */
interface LaneStatus extends LaneTroubles, Omit<Sums, 'dropped'> {
  readonly destination: string;
  readonly kind?: string | undefined;
  readonly host?: string | undefined;
  readonly dropped: Readonly<Record<string, number>>;
  readonly oldestPending: {
    readonly id: string;
    readonly name: string;
    readonly acceptedAt: string;
    readonly ageMs: number;
  } | null;
}

interface FolderStatus {
  readonly folder: string;
  readonly owner: string;
  readonly state: FolderView['condition'];
  readonly lastSignMs: number | null;
  readonly pid: number | null;
  readonly host: string | null;
  /** The uid of the folder's owner. */
  readonly uid: number | null;
  readonly bytes: number;
  readonly segments: number;
  readonly pending: Readonly<Record<string, number>>;
  readonly damaged: number;
}

/** The journals of one configuration: one service with one set of keys. */
interface GroupStatus {
  readonly group: string;
  readonly destinations: readonly LaneStatus[];
  readonly folders: readonly FolderStatus[];
}

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
export function addStatus(program: Program): void {
  const command = program
    .command('status')
    .description('count events by destination and outcome, and list the folders with their owners');
  program.action(command, async ({ reader, terminal, json, exit, services }) => {
    const denied: Denied[] = [];
    const overview = await reader.omitting((one) => denied.push(one)).count();
    const groups = groupsOf(overview, program.now());
    const stranded = strandedRows(overview.folders);
    if (denied.length > 0) exit(EXIT.found);
    if (json) {
      const unreadable = denied.map(({ path, code, uid = null }) => ({ path, code, uid }));
      await terminal.write(`${safeJson({ directory: reader.directory, groups, stranded, unreadable })}\n`);
      return;
    }
    if (groups.length === 0 && denied.length === 0) terminal.tell(isEmpty());
    for (const [i, group] of groups.entries()) {
      if (i > 0) await terminal.write('\n');
      await terminal.write(textOf(group, terminal.columns, program.now()));
    }
    if (stranded.length > 0) await terminal.write(`\n${strandedText(stranded, terminal.columns)}`);
    for (const one of denied) terminal.tell(safeText(omitted(one, services.files.user())));
    const uids = new Set(overview.folders.flatMap(({ folder }) => folder.uid ?? []));
    if (uids.size > 1) terminal.tell(severalUsers([...uids].toSorted((a, b) => a - b)));
  });
}

function groupsOf({ counts, folders, troubles }: Overview, now: number): GroupStatus[] {
  const rows = counts.rows();
  const names = [...new Set(folders.map(({ folder }) => folder.group))];
  return names.map((group) => {
    const own = folders.filter(({ folder }) => folder.group === group);
    return {
      group,
      destinations: lanesOf(
        rows.filter((row) => row.group === group),
        own,
        troubles,
        now,
      ),
      folders: own.map(folderStatus),
    };
  });
}

function lanesOf(
  rows: readonly EndCount[],
  folders: readonly FolderCounts[],
  troubles: readonly AccountTrouble[],
  now: number,
): LaneStatus[] {
  const views = folders.map(({ folder }) => folder);
  const destinations = new Set([
    ...views.flatMap(({ lanes }) => Object.keys(lanes)),
    ...rows.map(({ lane }) => lane),
    ...folders.flatMap(({ pending }) => [...pending.keys()]),
  ]);
  return [...destinations].map((destination) => {
    const account = views.map(({ lanes }) => lanes[destination]).find((found) => found !== undefined);
    const own = rows.filter(({ lane }) => lane === destination);
    const sums = noSums();
    for (const row of own) addTo(sums, row);
    return {
      destination,
      kind: account?.kind,
      host: account?.host,
      ...sums,
      dropped: droppedOf(own),
      oldestPending: oldestOf(
        folders.flatMap(({ pending }) => pending.get(destination) ?? []),
        now,
      ),
      ...troublesOf(destination, views, troubles),
    };
  });
}

function droppedOf(rows: readonly EndCount[]): Record<string, number> {
  const dropped: Record<string, number> = {};
  for (const { state, reason, count: events } of rows) {
    if (state === 'dropped') dropped[reason] = (dropped[reason] ?? 0) + events;
  }
  return dropped;
}

function oldestOf(pending: readonly Pending[], now: number): LaneStatus['oldestPending'] {
  const [first] = pending.map(({ oldest }) => oldest).toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  if (first === undefined) return null;
  const { id, name, acceptedAt } = first;
  return { id, name, acceptedAt: new Date(acceptedAt).toISOString(), ageMs: Math.max(0, now - acceptedAt) };
}

function folderStatus({ folder, bytes, segments, damaged, pending }: FolderCounts): FolderStatus {
  return {
    folder: `${folder.group}/${folder.origin}`,
    owner: folder.owner,
    state: folder.condition,
    lastSignMs: folder.heartbeatAgeMs === undefined ? null : Math.round(folder.heartbeatAgeMs),
    pid: folder.pid ?? null,
    host: folder.host ?? null,
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
  const hints = [...new Set(rows.map(({ reason }) => reason))].map((reason) => `${strandedHint(reason)}\n`);
  return `${table(STRANDED_COLUMNS, cells, screen)}\n${hints.join('')}`;
}

function accountText(destination: string, kind: string | undefined, host: string | undefined): string {
  const details = [kind === destination ? '' : kind, host].filter(Boolean);
  return details.length === 0 ? destination : `${destination} (${details.join(', ')})`;
}

function laneCells({ destination, dropped, oldestPending, ...sums }: LaneStatus): string[] {
  return [
    destination,
    ...sumCells({ ...sums, dropped: sumOf(dropped) }),
    oldestPending === null ? '' : ageText(oldestPending.ageMs),
  ];
}

function droppedLines({ destination, dropped }: LaneStatus): string[] {
  const reasons = Object.entries(dropped).map(([reason, events]) => `${reason} ${count(events)}`);
  return reasons.length === 0 ? [] : [safeText(`${destination} dropped: ${reasons.join(', ')}`) + '\n'];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, events) => sum + events, 0);
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
    count(sumOf(folder.pending)),
    count(folder.damaged),
  ];
}
