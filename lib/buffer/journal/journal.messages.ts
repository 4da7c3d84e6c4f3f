import { counted, eventsOf } from '../../event/counted.js';
import type { StrandedEvents, StrandedReason } from '../../event/stranded.js';

const are = (count: number): string => (count === 1 ? 'is' : 'are');
const were = (count: number): string => (count === 1 ? 'was' : 'were');
const they = (count: number): string => (count === 1 ? 'it' : 'they');

function pending(total: number, { account }: StrandedEvents): string {
  const events = total === 0 ? 'Events' : eventsOf(total);
  return `${events} in the journal ${are(total)} pending for account ${account ?? '(not known)'}`;
}

const STRANDED: Readonly<Record<StrandedReason, (row: StrandedEvents, total: number) => string>> = {
  account_changed: (row, total) =>
    `${pending(total, row)}, but destination '${row.destination}' has another account here. They are kept and not sent to it. Configure their account ` +
    `again as a second destination, or release them with \`npx nestjs-tracking move --from ${row.account} --to ${row.destination}\` (first with ` +
    '`--dry-run`), or use `export` and `import`. If another service with this account uses the directory, no action is needed: it delivers them when it runs.',
  not_configured: (row, total) =>
    `${pending(total, row)}, and destination '${row.destination}' is not configured any more. They are kept until they are older than \`retain.days\`. Configure it ` +
    `again, or release them with \`npx nestjs-tracking move --from ${row.account} --to <destination>\` (first with \`--dry-run\`).`,
  other_service: (row, total) =>
    `${pending(total, row)} (${row.folder}), of a service that is not running. They are kept. Start that service again. ` +
    '`npx nestjs-tracking status` has the details.',
  other_version: ({ folder }) =>
    `A later version of nestjs-tracking wrote ${folder}. Its events are kept; this version does not send them. Start that version again.`,
  unreadable: ({ folder }) =>
    `The journal cannot take over ${folder}. Its events are kept and not sent. Check its permissions and its \`owner.json\`.`,
};

const MAX_NAMES = 5;

const list = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMES).join(', ') +
  (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '');

/** A path that is not used, with its owner if known. */
interface Denied {
  readonly path: string;
  readonly code: string;
  readonly why?: string;
  readonly uid?: number | undefined;
}

/** Error codes of opening a link, a pipe or a device. */
const NO_FILE = new Set(['ELOOP', 'EFTYPE', 'ENXIO']);

/** Why a path is not used, and what to do. */
function reasonAndRemedy({ path, code, why, uid }: Denied, user: number | undefined): [string, string] {
  if (why?.startsWith('writable') === true) {
    return [
      'users other than its owner may write to it, so its events may be forged',
      `If you trust its content, run: chmod go-w ${path}.`,
    ];
  }
  if (why === 'no folder' || NO_FILE.has(code)) {
    return ['it is a link, a pipe or a device', 'Remove it, or replace it with the original file or folder.'];
  }
  if (uid === undefined) return [`it cannot be read (${code})`, 'The read is retried. Check the disk.'];
  if (uid === user) {
    return [`its permissions deny this process access (${code})`, `Run: chmod -R u+rwX ${path}.`];
  }
  return [
    `it belongs to uid ${uid}, and this process runs as uid ${user} (${code})`,
    `Run all processes that use the directory as one user, and change the owner of this path: chown -R ${user} ${path}. ` +
      `No action is needed if a separate service runs as uid ${uid}.`,
  ];
}

/** Every sentence of the journal: log lines, and answers to commands. */
export const journalMessages = {
  commandNotUnderstood: () =>
    'The application does not understand the command. Nothing was done. Use the command line of the version that the application runs.',
  commandDenied: () =>
    'The application has no permission to read the command. Nothing was done. Run the command as the user that the application runs as.',
  torn: (segment: string, bytes: number, lost: number) => {
    const events = Math.max(1, lost);
    const number = events === 1 ? 'one event' : eventsOf(events);
    const first = events === 1 ? 'it' : 'the first';
    const left = bytes === 0 ? '' : ` (${counted(bytes, 'byte')} ${are(bytes)} left of ${first})`;
    return (
      `The journal's ${segment} ends in the middle of a write: ${number} ${are(events)} lost${left}. After a crash or a power loss ` +
      `${they(events)} ${were(events)} never reported as committed, and no action is needed. Otherwise find the program that truncates files in the ` +
      'directory. All events before this point are sent.'
    );
  },
  damaged: (segment: string) =>
    `The journal's ${segment} has lines that cannot be read. They stay in the file and are not sent; all other events are. \`npx nestjs-tracking verify\` lists them. Check the disk.`,
  cut: (segment: string, events: number) => {
    const last = events === 1 ? 'event' : eventsOf(events);
    return (
      `The journal's ${segment} was truncated: its last ${last} ${are(events)} missing. Any that were not delivered yet are lost; ` +
      'all events before them are sent. Find the program that changes files in the directory, such as log rotation, and check the disk.'
    );
  },
  denied: (denied: Denied, user: number | undefined) => {
    const [reason, remedy] = reasonAndRemedy(denied, user);
    return `The journal does not use ${denied.path}: ${reason}. Its events are kept and not delivered. ${remedy}`;
  },
  noNamespaces: (denied: Denied, user: number | undefined) => {
    const { path, code, uid } = denied;
    const ofOther = uid !== undefined && uid !== user;
    let [reason] = reasonAndRemedy(denied, user);
    let remedy = ofOther ? `Run: chown ${user} ${path}` : 'Check its permissions and the disk';
    if (code === 'damaged') {
      reason = 'it is damaged, or a later version wrote it';
      remedy = 'Restore it from a backup';
    }
    return (
      `The journal cannot use ${path}: ${reason}. If credentials or destinations have changed, the same key now gives another id, and ` +
      `platforms may count an event that is sent again twice. ${remedy}, and restart the application; or set the option \`namespace\`.`
    );
  },
  badRoot: (option: string, denied: Denied, user: number | undefined) => {
    const { path, why, uid } = denied;
    const expected = `TrackingModule: option \`${option}\` names ${path}; expected a folder that belongs to this process's user or to root, and that other users cannot write to`;
    if (why === 'no folder') return `${expected}. It is not a folder. Name another path.`;
    if (why === 'another owner') {
      return `${expected}. It belongs to uid ${uid}, and this process runs as uid ${user}. Run it as uid ${uid}, or change the owner: chown -R ${user} ${path}.`;
    }
    return `${expected}. Every user may write to it and could add forged events, which would be sent with your credentials. Name a folder below it, such as ${path}/journal, which is created for this user alone, or run chmod o-w ${path}.`;
  },
  unknown: (path: string, names: readonly string[]) =>
    `The journal found files in ${path} that it did not write: ${list(names)}. The folder and all its files are kept. If one of them is a renamed or compressed segment, its events are not delivered: restore its name and content, and restart the application. Otherwise move the files elsewhere.`,
  /** @param total events of all folders with the same account and reason */
  stranded: (row: StrandedEvents, total: number) => STRANDED[row.reason](row, total),
  inherited: (lane: string, events: number, change: 'credentials' | 'name') =>
    `${eventsOf(events)} of destination '${lane}' ${were(events)} accepted before its ${change} changed. ` +
    `The account is the same, so ${they(events)} ${are(events)} delivered now. No action needed.`,
  laneRemoved: (lane: string, events: number) =>
    `${eventsOf(events)} of destination '${lane}', which is not configured any more, ${are(events)} older than \`retain.days\` and ` +
    `${were(events)} dropped (lane_removed). No action needed if the destination was removed on purpose.`,
  taken: (wasAsleep: boolean) =>
    'Another process considered this one dead, and now sends the events that this one had in the journal. This process continues in a new folder. ' +
    (wasAsleep
      ? 'This process did not run for longer than its lease allows: find what blocked its event loop, or suspended the process or the machine.'
      : 'Find the cause of the pause: a disk that hangs, a blocked event loop, or a suspended machine.'),
  gone: (events: number) => {
    const lost = `${eventsOf(events)} that ${were(events)} only on disk ${are(events)} lost; all others are`;
    const rest = events === 0 ? 'Its pending events are in memory, and are' : lost;
    return (
      `The folder of the journal was deleted. ${rest} written to a new folder. ` +
      'Exclude the directory from cleanup jobs, and keep it on a persistent volume.'
    );
  },
  lost: (lane: string, events: number, segment: string) =>
    `${eventsOf(events)} of destination '${lane}' cannot be read from the journal's ${segment} any more, and ${are(events)} lost. ` +
    'Check the disk, and find the program that deletes or changes files in the directory.',
  upkeep: (code: string, directory: string) =>
    `The journal's upkeep of ${directory} fails (${code}): expired segments and dead letters may stay there. It is retried every second. ` +
    'Check the disk and the permissions of the directory.',
};
