import { counted, eventsOf } from '../event/counted.js';

const NO_FILE = new Set(['ELOOP', 'EFTYPE', 'ENXIO', 'EISDIR']);

/** A path that is not used, with its owner if known. */
interface Denied {
  readonly path: string;
  readonly code: string;
  readonly why?: string;
  readonly uid?: number | undefined;
}

const unreadablePath = (
  { path, code, why, uid }: Denied,
  user: number | undefined,
  effect: string,
): string => {
  if (why === 'no folder' || code === 'ENOTDIR')
    return `${path} is not a folder. ${effect} Remove it; the journal did not create it.`;
  if (NO_FILE.has(code)) {
    return `${path} is not a regular file. ${effect} Remove it; the journal did not create it.`;
  }
  if (uid === undefined || uid === user)
    return `${path} cannot be read (${code}). ${effect} Check its permissions and the disk.`;
  return (
    `${path} cannot be read (${code}): it belongs to uid ${uid}, and this command runs as uid ${user}. ${effect} ` +
    `Run the command as that user, such as with ${asUser(uid)}; or, if the application runs as another user, make that user the owner of the path with chown -R.`
  );
};

const asUser = (uid: number): string =>
  `sudo -u '#${uid}' npx nestjs-tracking, docker exec -u ${uid}, or runAsUser: ${uid} in a pod`;

const STRANDED_HINTS = {
  not_running:
    'not_running: no application runs on this journal. Its events are kept. Start the application: it delivers those of the accounts that it has, and `status` then gives the reason for all others.',
  account_changed:
    'account_changed: the destination has another account in the running application. Its events are kept and not sent there. Configure the account again, or release them with `move --from <account> --to <destination>`.',
  not_configured:
    'not_configured: the running application has no such destination. Its events are kept. Configure it again, or release them with `move --from <account> --to <destination>`.',
  other_service:
    'other_service: no running application has any destination of the folder. Its events are kept. Start that service; if it no longer exists, release them with `move`, or `export` and `import` them.',
  other_version:
    'other_version: a later version wrote the folder. Its events are kept. Start that version again, and use its command line.',
  unreadable:
    'unreadable: the folder or its `owner.json` cannot be read. Its events are kept. Check its permissions, and run `verify`.',
} as const;

/** Sentences of the command line, except the descriptions of its commands and options. */
export const cliMessages = {
  notATime: (problem: string): string =>
    (problem.endsWith('seconds') ? `It looks like ${problem}. ` : '') +
    'Give a time in ISO 8601, such as 2026-11-23T15:00Z (without a zone: local time), epoch milliseconds, or an age, such as 90s, 15m, 2h, 3d, 1w.',
  notOneOf: (words: readonly string[]): string => `Choose from ${words.join(', ')}.`,
  notACount: (): string => 'Give a whole number, at least 1.',
  notWithin: (from: number, to: number): string => `Give a whole number from ${from} to ${to}.`,
  notARate: (): string => 'Give a number of events per second, such as 100 or 0.5.',
  notAProperty: (): string => 'Give path=value, such as email=ada@example.com or customer.id=42.',

  noJournal: (directory: string): string =>
    `There is no journal in ${directory}. Start the application once, with journal(): memory(), the default, writes no files. ` +
    `If its journal is in another folder, name that folder with --directory or NESTJS_TRACKING_DIRECTORY.`,
  /** The command stops at a path that it cannot read. */
  unreadable: (denied: Denied, user: number | undefined): string =>
    unreadablePath(denied, user, 'The command stopped.'),
  /** The command omits a path that it cannot read. */
  omitted: (denied: Denied, user: number | undefined): string =>
    unreadablePath(denied, user, 'The output omits its content.'),
  notTheOwner: (path: string, uid: number, user: number): string =>
    `Nothing was done: ${path} belongs to uid ${uid}, and this command runs as uid ${user}. The application could not read files that this command writes. ` +
    `Run the command as that user, such as with ${asUser(uid)}; or, if the application runs as uid ${user}, change the owner first: chown -R ${user} ${path}.`,
  severalUsers: (uids: readonly number[]): string =>
    `The folders belong to several users: uid ${uids.join(', uid ')}. A process adopts only folders of its own user. Change the owner of the others with chown -R, or start an application as their user.`,
  unknownFiles: (): string =>
    'nestjs-tracking did not write the unknown files. They are never deleted, and events in them are not delivered. Restore the name and content of a renamed or compressed segment, and restart the application. Move other files elsewhere.',

  notFound: (id: string): string =>
    `No event ${id} is in the journal. It may have been deleted (see retain), or be in another journal (see --directory).`,
  nothingMatches: (): string => 'Nothing matches.',
  /** A replay that has no event to send; `tracksOnly` without --type and ids. */
  nothingToReplay: (tracksOnly: boolean): string =>
    'No event was queued: none matches, or the destination may not get it again. Events that are pending there, and ' +
    'those that `consent`, `filter` or `map` kept from it, are never replayed.' +
    (tracksOnly ? ' Only `track` events were searched: for other calls give --type.' : ''),
  isEmpty: (): string => 'The journal is empty.',
  stateWhileFollowing: (): string =>
    'With -f, events are shown when they are written, and all of them are pending then. Omit --state or -f.',

  needsYes: (command: string): string =>
    `The command must be confirmed, and there is no terminal to ask on. Nothing was done. Add --yes to ${command}.`,
  notConfirmed: (): string => 'Nothing was done.',
  needsSomebody: (): string => 'Name the person: --user <id>, --anonymous <id> or --property path=value.',
  unknownDestination: (name: string, known: readonly string[]): string =>
    `No destination has the name ${name}. Known destinations: ${known.join(', ') || 'none'}.`,
  sameAccount: (name: string): string =>
    `${name} delivers to this account already, so nothing was moved. Start the application; it delivers the events. To move them elsewhere, name another destination with --to.`,
  noAnswer: (owner: string): string =>
    `The application that owns ${owner} did not answer. It may be stopped or too busy. Check \`status\` before you repeat the command.`,
  refusedBy: (owner: string, error: string): string => `${owner}: ${error}`,
  whenStarted: (): string => 'No application runs on this journal. Pending events are sent when it starts.',

  alsoKnownAs: (ids: readonly string[]): string =>
    `Aliases connect this person with other ids: ${ids.join(', ')}. Events with these ids are not erased. To erase them too, name the ids with --user or --anonymous.`,
  stillThere: (places: number, files: readonly string[]): string =>
    [
      `${counted(places, 'place')} with data of the person:`,
      ...files.map((file) => `  ${file}`),
      'Repeat the command: events that an application was sending are kept until the platform has answered, and pending commands until they are carried out. Remove files that the journal did not write yourself.',
    ].join('\n'),
  provenAbsent: (events: number, folders: number): string =>
    `Searched: ${eventsOf(events)}, all dead letters with their answers and reasons, unreadable lines, histories, commands and results, in all files of ${counted(folders, 'folder')}. None is about the person or names the person. Not searched: events that an application has not written yet, copies outside of this directory, the platforms.`,
  onlyMentioned: (events: number): string =>
    `Not erased: ${eventsOf(events)} about other people, with an id or value of the person. To erase such events too, name the property with --property path=value.`,

  declinedByKissmetrics: (count: number): string =>
    `${eventsOf(count)} omitted. KISSmetrics does not accept, for example, an event without a person, identify() without a usable property, or an alias of an id with itself.`,
  exported: (events: number, path: string): string => `${eventsOf(events)} written to ${path}`,
  fileExists: (path: string): string => `${path} exists. Name another file, or give --force to replace it.`,
  cannotRead: (path: string, code: string): string =>
    `${path} cannot be read (${code}). Nothing was imported. Check the path and its permissions.`,
  cannotWrite: (path: string, code: string): string =>
    `${path} cannot be written (${code}). Name another file with --out.`,
  cannotReplace: (path: string): string =>
    `${path} is not a regular file and was left unchanged: --force replaces only regular files and follows no link. Name another file with --out.`,
  saysAll: (): string => 'Select the events: give filters or ids, or --all.',
  outputFailed: (code: string): string =>
    `The output cannot be written (${code}). The output so far is incomplete.`,

  laneParked: (destination: string, reason: string, age: string, isRunning: boolean): string => {
    const running = `has been parked (${reason}) for ${age}`;
    const ended = `was parked (${reason}) ${age} ago, and still was when its process ended`;
    const cause = reason === 'unauthorized' ? 'credentials' : 'endpoint and configuration';
    const state = isRunning ? running : ended;
    return (
      `${destination} ${state}. ` +
      `Its events stay pending; one at a time is sent as a probe. Check its ${cause}.`
    );
  },
  laneRefused: (
    destination: string,
    count: number,
    answer: string,
    age: string,
    isRetried: boolean,
  ): string =>
    `${destination} refused ${counted(count, 'request')} since its last delivery, the last one ${age} ago (answer ${answer}).` +
    (isRetried
      ? ' Its events stay pending and are retried; one that is refused alone becomes a dead letter once another event is delivered. Check its endpoint, its credentials and the format of what it sends.'
      : ''),
  /** The explanation of a reason that `status` shows. */
  strandedHint: (reason: keyof typeof STRANDED_HINTS): string => STRANDED_HINTS[reason],

  namesNoModule: (): string =>
    'Name the file of the plan: --app dist/app.module.js, the built module of the application, or --plan dist/tracking-plan.js, the built file that defines it.',
  checkNeedsApp: (): string =>
    'Give --app dist/app.module.js with --check: the methods with @Track() are found by importing the application.',
  cannotImport: (path: string, why: string): string =>
    `${path} cannot be imported: ${why}. Build the application first, and set the environment variables that it needs. The application is not started.`,
  noPlan: (path: string): string =>
    `${path} defines no tracking plan, and imports no file that defines one. Import the file that calls defineTrackingPlan(), or name it with --plan.`,
  severalPlans: (path: string, plans: number): string =>
    `${path} and the files that it imports define ${plans} tracking plans. Name the file of the right one with --plan.`,
  unconvertedSchemas: (events: readonly string[]): string =>
    `${events.join(', ')}: the schema cannot be converted to JSON Schema, so {} is written instead. Use a version of the validator that can convert it (zod 4.2, arktype 2.1.28), or its conversion function (toStandardJsonSchema() of @valibot/to-json-schema).`,
  nothingTracked: (path: string): string =>
    `No method in the files that ${path} imports is decorated with @Track(). Name the module that imports the rest of the application.`,
  notInPlan: (places: number): string =>
    `${counted(places, '@Track()', '@Track()')} with an event that is not in the plan. Add the event to defineTrackingPlan(), or fix its name.`,
  allInPlan: (places: number, events: number): string =>
    `${counted(places, '@Track()', '@Track()')} checked, each with an event of the plan, which has ${eventsOf(events)}.`,

  nothingStranded: (from: string): string =>
    `No undelivered events are stranded for account ${from}. \`status\` lists the accounts that have some.`,
  notReleased: (events: number): string =>
    `Not released: ${eventsOf(events)}, because the process that had them may still be running. Run the application, wait until its log names them, and repeat the command.`,
  severalAccounts: (name: string): string =>
    `Running applications have different accounts for destination ${name}. Nothing was done. Give the destinations different names, or stop all but one of the applications, and repeat the command.`,
  notImportable: (line: number): string =>
    `Line ${line} of the file is not an event in the format of \`export --format jsonl\`. Nothing was imported. Export the events again, or remove the line.`,
  importSkipped: (events: number, destination: string): string =>
    `${eventsOf(events)} skipped: duplicates in the file, or events that ${destination} already has (pending, delivered or a dead letter).`,
  importUnknown: (events: number, destination: string): string =>
    `${eventsOf(events)} skipped: their only ids are browser ids of other destinations, so ${destination} cannot know the person.`,

  collectorRuns: (
    url: string,
    platforms: readonly { readonly name: string; readonly option: string; readonly url: string }[],
  ): string =>
    [
      `The collector is running. Its page shows each event that arrives: ${url}`,
      '',
      'Set one option of a destination to send its events to the collector in place of the platform:',
      ...platforms.map((each) => `  ${each.name}({ …, ${each.option}: '${each.url}' })`),
      '',
      'Events are kept in memory only, until Ctrl-C ends the collector.',
    ].join('\n'),
  collectorIsOpen: (host: string): string =>
    `WARNING: everyone who can reach ${host} over the network can read all events on the page. Send only test data, or omit --host.`,
  portInUse: (port: number): string =>
    `Port ${port} is in use, perhaps by another collector. Nothing was started. End that process, or use another port: --port 0 chooses a free one.`,
  portForbidden: (port: number): string =>
    `This user may not listen on port ${port}. Nothing was started. Use a port above 1023, or --port 0 for any free port.`,
  hostNotFound: (host: string): string =>
    `${host} is not an address of this machine. Nothing was started. Give one of its addresses with --host, or omit it.`,
};
