import type { Denied } from '../../buffer/journal/ownership/denied.js';
import type { EndCount } from '../../buffer/journal/reader/accounting.js';
import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import type { FolderCounts, Pending } from '../../buffer/journal/reader/overview.js';
import type { AccountTrouble } from '../../buffer/journal/format/pauses-file.js';
import type { Overview } from '../../buffer/journal/reader/reader.js';
import { strandedRows, type StrandedRow } from '../../buffer/journal/reader/stranded.js';
import { isEmpty, omitted, severalUsers, strandedHint } from '../cli.messages.js';
import { EXIT } from '../cli-error.js';
import { troubleLines, troublesOf, type LaneTroubles } from '../output/lane-troubles.js';
import { ageText, bytesText, count } from '../output/quantities.js';
import { safeJson, safeText } from '../output/safe-text.js';
import { table, type Column } from '../output/table.js';
import type { Program } from '../program.js';

/** One destination's accounting, over all folders of a group. */
interface LaneStatus extends LaneTroubles {
  readonly destination: string;
  readonly kind?: string | undefined;
  readonly host?: string | undefined;
  accepted: number;
  /** Copies that a replay made. */
  replayed: number;
  delivered: number;
  pending: number;
  dead: number;
  redriven: number;
  readonly dropped: Record<string, number>;
  oldestPending: { id: string; name: string; acceptedAt: string; ageMs: number } | null;
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
  { title: 'ACCEPTED', right: true },
  { title: 'REPLAYED', right: true },
  { title: 'DELIVERED', right: true },
  { title: 'PENDING', right: true },
  { title: 'DEAD', right: true },
  { title: 'DROPPED', right: true },
  { title: 'REDRIVEN', right: true },
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

/** `status`: where everything is. */
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
  const lanes = new Map<string, LaneStatus>();
  const laneOf = (destination: string): LaneStatus => {
    let lane = lanes.get(destination);
    if (lane === undefined) {
      const account = views.map(({ lanes: own }) => own[destination]).find((found) => found !== undefined);
      const none = { accepted: 0, replayed: 0, delivered: 0, pending: 0, dead: 0, redriven: 0 };
      const about = { destination, kind: account?.kind, host: account?.host };
      const trouble = troublesOf(destination, views, troubles);
      lane = { ...about, ...none, dropped: {}, oldestPending: null, ...trouble };
      lanes.set(destination, lane);
    }
    return lane;
  };
  for (const view of views) for (const destination of Object.keys(view.lanes)) laneOf(destination);
  for (const { lane: destination, state, reason, replayed, count: events } of rows) {
    const lane = laneOf(destination);
    lane[replayed ? 'replayed' : 'accepted'] += events;
    if (state === 'dropped') lane.dropped[reason] = (lane.dropped[reason] ?? 0) + events;
    else lane[state] += events;
  }
  for (const { pending } of folders) {
    for (const [destination, waiting] of pending) {
      const lane = laneOf(destination);
      lane.oldestPending = older(lane.oldestPending, waiting, now);
    }
  }
  return [...lanes.values()];
}

function older(
  held: LaneStatus['oldestPending'],
  { oldest: { id, name, acceptedAt } }: Pending,
  now: number,
): LaneStatus['oldestPending'] {
  const ageMs = Math.max(0, now - acceptedAt);
  if (held !== null && held.ageMs >= ageMs) return held;
  return { id, name, acceptedAt: new Date(acceptedAt).toISOString(), ageMs };
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
      ...notes(lane),
      ...troubleLines(lane.destination, lane, isRunning, now),
    ]),
    table(FOLDER_COLUMNS, folders.map(folderCells), screen),
  ].join('\n');
}

/** Pending events that nobody delivers, and what to do about each reason. */
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

function laneCells(lane: LaneStatus): string[] {
  const dropped = Object.values(lane.dropped).reduce((sum, events) => sum + events, 0);
  const { accepted, replayed, delivered, pending, dead, redriven, oldestPending } = lane;
  return [
    lane.destination,
    ...[accepted, replayed, delivered, pending, dead, dropped, redriven].map(count),
    oldestPending === null ? '' : ageText(oldestPending.ageMs),
  ];
}

/** What a number alone would hide. */
function notes({ destination, dropped }: LaneStatus): string[] {
  const lines: string[] = [];
  const reasons = Object.entries(dropped).map(([reason, events]) => `${reason} ${count(events)}`);
  if (reasons.length > 0) lines.push(`${destination} dropped: ${reasons.join(', ')}`);
  return lines.map((line) => `${safeText(line)}\n`);
}

function folderCells(folder: FolderStatus): string[] {
  const origin = folder.folder.slice(folder.folder.indexOf('/') + 1);
  const pending = Object.values(folder.pending).reduce((sum, events) => sum + events, 0);
  return [
    origin,
    folder.owner === origin ? folder.state : `${folder.state}, taken over by ${folder.owner}`,
    folder.lastSignMs === null ? '' : `${ageText(folder.lastSignMs)} ago`,
    folder.pid === null ? '' : String(folder.pid),
    count(folder.segments),
    bytesText(folder.bytes),
    count(pending),
    count(folder.damaged),
  ];
}
