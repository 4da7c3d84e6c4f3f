import type { StrandedEvents, StrandedReason } from '../../event/stranded.js';

const eventsOf = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;

const pending = (total: number, { account }: StrandedEvents): string =>
  `${total === 0 ? 'Events' : eventsOf(total)} in the journal ${total === 1 ? 'is' : 'are'} pending for account ${account ?? '(not known)'}`;

const STRANDED: Readonly<Record<StrandedReason, (row: StrandedEvents, total: number) => string>> = {
  account_changed: (row, total) =>
    `${pending(total, row)}, but '${row.destination}' is another account here. They are kept and not sent to it. Configure the account ` +
    `again as a second destination; or release them with \`npx nestjs-tracking move --from ${row.account} --to ${row.destination}\` (first with ` +
    '`--dry-run`); or use `export` and `import`. If another service uses this directory, no action is needed: it delivers them when it runs.',
  not_configured: (row, total) =>
    `${pending(total, row)}, and destination '${row.destination}' is not configured any more. They are kept until they are older than \`retain.days\`. Configure it ` +
    `again, or release them with \`npx nestjs-tracking move --from ${row.account} --to <destination>\` (first with \`--dry-run\`).`,
  other_service: (row, total) =>
    `${pending(total, row)} (${row.folder}), of a service that is not running. They are kept. Start that service again, or look into it with ` +
    '`npx nestjs-tracking status`.',
  other_version: ({ folder }) =>
    `A later version of nestjs-tracking wrote ${folder}. Its events are kept and not sent by this one. Start that version again.`,
  unreadable: ({ folder }) =>
    `The journal cannot take over ${folder}. Its events are kept and not sent. Check its permissions and its \`owner.json\`.`,
};

const MAX_NAMES = 5;

const list = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMES).join(', ') +
  (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '');

/** A path that is not used, and what is known of it. */
interface Denied {
  readonly path: string;
  readonly code: string;
  readonly why?: string;
  readonly uid?: number | undefined;
}

/** What opening a link, a pipe or a device ends with. */
const NO_FILE = new Set(['ELOOP', 'EFTYPE', 'ENXIO']);

/** Why a path is not used, and what to do. */
function reasonAndRemedy({ path, code, why, uid }: Denied, user: number | undefined): [string, string] {
  if (why?.startsWith('writable') === true) {
    return [
      'users other than its owner may write to it, and could have planted events',
      `If you trust what is in it, run: chmod go-w ${path}.`,
    ];
  }
  if (why === 'no folder' || NO_FILE.has(code)) {
    return ['it is a link, a pipe or a device', 'Remove it, or put what it stands for in its place.'];
  }
  if (uid === undefined) return [`it cannot be read (${code})`, 'It is tried again. Check the disk.'];
  if (uid === user) {
    return [`its permissions keep this process out (${code})`, `Run: chmod -R u+rwX ${path}.`];
  }
  return [
    `it belongs to uid ${uid}, and this process runs as uid ${user} (${code})`,
    `Run everything that uses the directory as one user, and hand over what the other one left: chown -R ${user} ${path}. ` +
      `No action is needed if a service of its own runs as uid ${uid}.`,
  ];
}

/** Every sentence that the journal may say. */
export const journalMessages = {
  torn: (segment: string, bytes: number) =>
    `The journal's ${segment} ends in the middle of a line (${bytes} bytes), where its writer died: that event was never reported as committed, and everything before it is sent. There is nothing to do.`,
  damaged: (segment: string) =>
    `The journal's ${segment} has lines that cannot be read: they are set aside in damaged.jsonl beside it and are not sent, all others are. \`npx nestjs-tracking verify\` tells which; check the disk.`,
  missing: (segment: string, events: number) =>
    `The journal's ${segment} was cut: ${events} events that were in it are gone, and what was not sent of them is lost. Look for what changes files in there, such as a rotation of logs.`,
  denied: (denied: Denied, user: number | undefined) => {
    const [reason, remedy] = reasonAndRemedy(denied, user);
    return `The journal does not use ${denied.path}: ${reason}. Events in it stay there and are not delivered. ${remedy}`;
  },
  badRoot: (option: string, denied: Denied, user: number | undefined) => {
    const { path, why, uid } = denied;
    const expected = `TrackingModule: option \`${option}\` names ${path}; expected a folder of this process's user or of root that not everybody may write to`;
    if (why === 'no folder') return `${expected}. It is no folder: name another path.`;
    if (why === 'another owner') {
      return `${expected}. It belongs to uid ${uid}, and this process runs as uid ${user}: run it as uid ${uid}, or hand the folder over with chown -R ${user} ${path}.`;
    }
    return `${expected}. Every user may write to it, and could plant events that are sent with your credentials: name a folder below it, such as ${path}/journal, which is made for this user alone, or run chmod o-w ${path}.`;
  },
  unknown: (path: string, names: readonly string[]) =>
    `The journal found files in ${path} that it did not write: ${list(names)}. It keeps the folder with everything in it. If one of them is a segment under another name, its events are not delivered: give it back its name and restart the application. Otherwise move the files elsewhere.`,
  /** @param total of all folders with the same account and reason */
  stranded: (row: StrandedEvents, total: number) => STRANDED[row.reason](row, total),
  inherited: (lane: string, events: number, change: 'credentials' | 'name') =>
    `${eventsOf(events)} of destination '${lane}' ${events === 1 ? 'was' : 'were'} pending since before its ${change === 'name' ? 'name' : 'credentials'} changed. ` +
    'The account is the same, so they are delivered now. No action needed.',
  laneRemoved: (lane: string, events: number) =>
    `${eventsOf(events)} of destination '${lane}', which is not configured any more, ${events === 1 ? 'is' : 'are'} older than \`retain.days\` and ` +
    `${events === 1 ? 'was' : 'were'} dropped (lane_removed). No action needed if the destination was removed for good.`,
  taken: () =>
    'This process was taken for dead, and another one sends what it had in the journal; it goes on in a folder of its own. Look for what ' +
    'stopped it for so long: a blocked event loop, a suspended machine, a disk that hangs.',
  gone: () =>
    'The folder of the journal was deleted: what is still in memory is written again into a new one, the rest is lost. Keep what cleans up ' +
    'away from the directory, and give it a volume that stays.',
  upkeep: (code: string) =>
    `The journal's upkeep failed (${code}); it is tried again every second. See to the disk, and to the rights of the directory.`,
};
