import { eventsOf, formOf } from '../event/counted.js';

/** Messages about start, shutdown and the exit of the process. */
export const runtimeMessages = {
  proxyNotUsed: (variable: string, destinations: readonly string[]): string =>
    `\`${variable}\` is set and not in use: events are sent to ${destinations.map((name) => `'${name}'`).join(', ')} without a proxy. ` +
    'Set NODE_USE_ENV_PROXY=1 to use it, or add the hosts to NO_PROXY.',
  secondModule: (): string =>
    'TrackingModule: a second TrackingModule was imported into this application; expected one. It is global: import it ' +
    'once, and list several platforms or keys as several `destinations`.',
  withoutForRoot: (): string =>
    'TrackingModule: it was imported without options; expected TrackingModule.forRoot({ … }) or forRootAsync({ … }). ' +
    'Import it this way, once, in the root module. It is global: other modules do not import it.',
  /** @param buffer its kind and directory */
  started: (destinations: readonly string[], buffer: string): string =>
    `Tracking started. ${formOf(destinations.length, 'Destination', 'Destinations')}: ` +
    `${destinations.map((name) => `'${name}'`).join(', ')}. Buffer: ${buffer}.`,
  disabled: (): string =>
    'Tracking is disabled (`enabled: false`): events are neither recorded nor delivered.',
  /** @param name of the runtime */
  untestedRuntime: (name: string): string =>
    `The application runs on ${name}. This package is tested on Node.js only: on ${name}, events may be lost in a crash or at shutdown. ` +
    'Use Node.js in production.',
  sharedFallback: (): string =>
    'TrackingModule: the id of `identity.fallback` is a placeholder, such as system or anonymous. Many platforms reject ' +
    "it, or merge everybody with this id into one person. Name a service of yours, such as { userId: 'service:billing' }.",
  nobodyListens: (): string =>
    'The application does not handle SIGTERM: the signal ends the process at once. Pending events are then lost with memory(), and ' +
    'sent after the next start with journal(). Call app.enableShutdownHooks() before app.listen().',
  /** @param begun whether Nest's shutdown has reached this module */
  lostOnExit: (lane: string, count: number, begun: boolean): string =>
    `The process exits with ${eventsOf(count)} not delivered to '${lane}'; with memory() ` +
    `${formOf(count, 'it is', 'they are')} lost. ` +
    (begun
      ? 'The shutdown began and did not finish: the process was ended, or a shutdown hook of another provider threw, and NestJS 11 ' +
        'skips the hooks after it. Fix that hook, or await app.close().'
      : 'Await app.close() before the process ends. If it was awaited, or a signal closed the application, a shutdown hook of ' +
        'another provider threw, and NestJS 11 skips the hooks after it: fix that hook.'),
  heldOnExit: (count: number): string =>
    `The process exits with ${eventsOf(count)} held in hold(); ${formOf(count, 'it is', 'they are')} ` +
    'not recorded. Await the promise of hold() before the process ends.',
  unsavedOnExit: (count: number): string =>
    `The process exits with ${eventsOf(count)} that the journal could not write to its disk; they are lost. ` +
    'Free disk space or check the disk, and await app.close() before the process ends.',
  notCommitted: (): string =>
    'A durable event was not on the disk in time. It is in memory and will be sent. Check the disk, or raise `commitTimeoutMs`. Logged once; `stats()` has the total.',
  defaultNamespace: (): string =>
    'A key was used, and the option `namespace` is not set. So the ids of keyed events are derived from the destinations and their credentials. ' +
    'If these change or differ between instances, the same key gives another id, and its event may count twice. ' +
    "Set `namespace` to the service's name, or use journal(), which keeps it.",
  namespaceLate: (ms: number): string =>
    `The journal's disk did not answer within ${ms} ms at start. Until it does, ids of keyed events are derived from the current credentials. ` +
    'If these changed, a repeated call may count twice. Check the disk, or set `namespace`.',
  openedLate: (ms: number): string =>
    `The journal could not read all events of earlier processes within ${ms} ms; it continues in the background. Until then a key ` +
    'that was used before the restart may be accepted again. No action needed; a faster disk shortens this.',
  /** @param cause a sentence; undefined if only the time was too short */
  staysInJournal: (lane: string, count: number, cause: string | undefined): string =>
    `Shut down with ${eventsOf(count)} not delivered to '${lane}': ` +
    `${formOf(count, 'it stays', 'they stay')} in the journal and ${formOf(count, 'is', 'are')} sent after the next start.` +
    (cause === undefined
      ? ''
      : ` ${cause} Fix the cause; otherwise ${formOf(count, 'it stays', 'they stay')} pending after that start, too.`),
  closedLate: (ms: number): string =>
    `The journal's disk did not answer within ${ms} ms at shutdown. Events that were not written are lost. Check the disk.`,
};
