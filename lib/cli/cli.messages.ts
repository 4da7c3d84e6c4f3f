/** Sentences of the command line; each says what to do. */

export const notATime = (): string =>
  'Give ISO 8601, such as 2026-11-23T15:00Z (without a zone: local time), or how long ago, such as 90s, 15m, 2h, 3d, 1w.';

export const notOneOf = (words: readonly string[]): string => `Choose from ${words.join(', ')}.`;

export const notACount = (): string => 'Give a whole number from 1.';

export const notARate = (): string => 'Give events a second, such as 100 or 0.5.';

export const notAProperty = (): string => 'Give path=value, such as email=ada@example.com or customer.id=42.';

export const noJournal = (directory: string): string =>
  `There is no journal in ${directory}. Give its folder with --directory or NESTJS_TRACKING_DIRECTORY: it is what the application calls journal({ directory }).`;

/** What opening a link, a pipe or a device ends with. */
const NO_FILE = new Set(['ELOOP', 'EFTYPE', 'ENXIO']);

/** A path, and what is known of why it is not used. */
interface Denied {
  readonly path: string;
  readonly code: string;
  readonly why?: string;
  readonly uid?: number | undefined;
}

export const unreadable = ({ path, code, why, uid }: Denied, user: number | undefined): string => {
  if (why === 'no folder' || NO_FILE.has(code)) {
    return `${path} is a link, a pipe or a device, which the journal never makes. Remove it.`;
  }
  if (uid === undefined || uid === user)
    return `${path} cannot be read (${code}). Check its permissions and the disk.`;
  return (
    `${path} cannot be read (${code}): it belongs to uid ${uid}, and this command runs as uid ${user}. ` +
    `Run it as that user, such as with ${asUser(uid)}; or, if the application runs as another user, hand the path over to it with chown -R.`
  );
};

/** Ways to become another user, on a machine and in containers. */
const asUser = (uid: number): string =>
  `sudo -u '#${uid}' npx nestjs-tracking, docker exec -u ${uid}, or runAsUser: ${uid} in a pod`;

export const notTheOwner = (path: string, uid: number, user: number): string =>
  `Nothing was done: ${path} belongs to uid ${uid}, and this command runs as uid ${user}. The application could not read what it would write there. ` +
  `Run it as that user, such as with ${asUser(uid)}; or, if the application runs as uid ${user}, hand the folder over first with chown -R ${user}.`;

export const severalUsers = (uids: readonly number[]): string =>
  `The folders belong to several users: uid ${uids.join(', uid ')}. A process takes over only folders of its own user: hand the others over with chown -R, or start an application as that user.`;

export const unknownFiles = (): string =>
  'Unknown files were not written by nestjs-tracking. They are never deleted, and events in them are not delivered: give a renamed or compressed segment back its name and content, and restart the application; move anything else elsewhere.';

export const notFound = (id: string): string =>
  `No event ${id} is in the journal. It may be deleted by now (see retain), or be in another one (see --directory).`;

export const nothingMatches = (): string => 'Nothing matches.';

export const isEmpty = (): string => 'The journal is empty.';

export const stateWhileFollowing = (): string =>
  'An event is shown as it is written, when it is pending everywhere: leave out --state, or -f.';

export const needsYes = (command: string): string =>
  `Nobody is here to confirm it: give --yes to ${command}.`;

export const notConfirmed = (): string => 'Nothing was done.';

export const needsSomebody = (): string => 'Say who: --user <id>, --anonymous <id> or --property path=value.';

export const unknownDestination = (name: string, known: readonly string[]): string =>
  `No destination is called ${name}. There are: ${known.join(', ') || 'none'}.`;

export const sameAccount = (name: string): string =>
  `${name} delivers to this account already, so nothing was moved. Start the application; it delivers the events. To move them elsewhere, name another destination with --to.`;

export const nobodyAlive = (folders: number): string =>
  `${folders === 1 ? 'A folder belongs' : `${folders} folders belong`} to nobody any more. Start the application, which takes over what is left, and repeat the command.`;

export const noAnswer = (owner: string): string =>
  `The application that owns ${owner} gave no answer. It may be stopped, or too busy: look at \`status\`, and repeat the command.`;

export const refusedBy = (owner: string, error: string): string => `${owner}: ${error}`;

export const whenStarted = (): string =>
  'No application runs on this journal: what waits is sent when it starts.';

export const alsoKnownAs = (ids: readonly string[]): string =>
  `Aliases say that this is the same person: ${ids.join(', ')}. Their events are not erased unless you name them, too.`;

export const stillThere = (places: number, files: readonly string[]): string =>
  [
    `${places === 1 ? 'One place still names' : `${places} places still name`} the person:`,
    ...files.map((file) => `  ${file}`),
    'Repeat the command: events that an application was sending are left until the platform has answered. Commands that wait are removed once they are carried out. Files that the journal did not write are yours to remove.',
  ].join('\n');

export const provenAbsent = (events: number, folders: number): string =>
  `Searched: ${events.toLocaleString('en-US')} events, all dead letters with their answers and reasons, unreadable lines, histories, commands and results, in all files of ${folders === 1 ? 'one folder' : `${folders} folders`}. None is about the person or names the person. Not searched: events that an application has not written yet, copies outside of this directory, the platforms.`;

export const onlyMentioned = (events: number): string =>
  `${events === 1 ? 'One event of somebody else mentions' : `${events.toLocaleString('en-US')} events of others mention`} the person, and ${events === 1 ? 'is' : 'are'} not erased. Name the property with --property path=value to erase ${events === 1 ? 'it' : 'them'}, too.`;

export const declinedByKissmetrics = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'event' : 'events'} left out: KISSmetrics has no use for them (no person, no usable property, an alias with itself).`;

export const fileExists = (path: string): string =>
  `${path} exists. Name another file, or give --force to replace it.`;

export const cannotWrite = (path: string, code: string): string =>
  `${path} cannot be written (${code}). Name another file with --out.`;

export const cannotReplace = (path: string): string =>
  `${path} is not a regular file and was left unchanged: --force replaces regular files only and follows no link. Name another file with --out.`;

export const saysAll = (): string => 'Say which: give filters or ids, or --all.';

export const outputFailed = (code: string): string =>
  `The output cannot be written (${code}). What was written is incomplete.`;

const STRANDED_HINTS = {
  not_running:
    'not_running: no application runs on this journal. Its events are kept. Start the application: it delivers those of the accounts that it has, and `status` then gives the reason for all others.',
  account_changed:
    'account_changed: the destination is another account in the running application. Its events are kept and not sent there. Configure the account again, or release them with `move --from <account> --to <destination>`.',
  not_configured:
    'not_configured: the running application has no such destination. Its events are kept. Configure it again, or release them with `move --from <account> --to <destination>`.',
  other_service:
    'other_service: no running application has any destination of the folder. Its events are kept. Start that service; if it is gone for good, release them with `move`, or `export` and `import` them.',
  other_version:
    'other_version: a later version wrote the folder. Its events are kept. Start that version again, and use its command line.',
  unreadable:
    'unreadable: the folder does not say whose it is. Its events are kept. Check its permissions and its `owner.json` with `verify`.',
} as const;

/** What a reason of `status` means, and what to do. */
export const strandedHint = (reason: keyof typeof STRANDED_HINTS): string => STRANDED_HINTS[reason];

export const namesNoModule = (): string =>
  'Say where the plan is: --app dist/app.module.js, the built module of the application, or --plan dist/tracking-plan.js, the built file that defines it.';

export const checkNeedsApp = (): string =>
  'Give --app dist/app.module.js to --check: what is decorated with @Track() is known when the application is imported.';

export const cannotImport = (path: string, why: string): string =>
  `${path} cannot be imported: ${why}. Build the application first, and give its environment what it needs; nothing of it is started.`;

export const noPlan = (path: string): string =>
  `${path} defines no tracking plan, and neither does what it imports. Import the file that calls defineTrackingPlan(), or name it with --plan.`;

export const severalPlans = (path: string, plans: number): string =>
  `${path} and what it imports define ${plans} tracking plans. Name the file of the one that is meant with --plan.`;

export const untoldSchemas = (events: readonly string[]): string =>
  `${events.join(', ')}: the schema cannot be told as JSON Schema, so {} stands for it. The validator may have a newer version that can (zod 4.2, arktype 2.1.28), or a function for it (toStandardJsonSchema() of @valibot/to-json-schema).`;

export const nothingTracked = (path: string): string =>
  `Nothing that ${path} imports is decorated with @Track(). Name the module that imports the rest of the application.`;

export const notInPlan = (places: number): string =>
  `${places === 1 ? 'One @Track() names an event that is' : `${places} @Track() name events that are`} not in the plan. Add them to defineTrackingPlan(), or correct the names.`;

export const allInPlan = (places: number, events: number): string =>
  `${places === 1 ? 'One @Track() names' : `All ${places} @Track() name`} an event of the plan (${events}).`;

export const nothingStranded = (from: string): string =>
  `No event that nobody delivers is pending for account ${from}. \`status\` lists the accounts for which there are some.`;

export const notReleased = (events: number): string =>
  `${events === 1 ? 'One event was' : `${events} events were`} not released, because the process that had ${events === 1 ? 'it' : 'them'} may still be running. Run the application, wait until its log names ${events === 1 ? 'it' : 'them'}, and repeat the command.`;

export const severalAccounts = (name: string): string =>
  `Running applications have different accounts for destination ${name}. Nothing was done. Give the destinations different names, or stop all but one of the applications, and repeat the command.`;

export const notImportable = (line: number): string =>
  `Line ${line} of the file is not an event as \`export --format jsonl\` writes it. Nothing was imported. Export the events again, or remove the line.`;

export const importSkipped = (events: number, destination: string): string =>
  `${events.toLocaleString('en-US')} skipped: they are in the file twice, or ${destination} has them already (pending, delivered or a dead letter).`;
