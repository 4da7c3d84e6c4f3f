/** Sentences about options and the module's life that an application's developer may read. */
export const optionMessages = {
  sameName: (name: string, first: number, second: number): string =>
    `TrackingModule: \`destinations[${first}]\` and \`destinations[${second}]\` are both named '${name}'; ` +
    'give one of them another `name`.',
  oldDispatcher: (option: string): string =>
    `TrackingModule: option \`${option}\` is a dispatcher of undici 6 or older; expected one of undici 7 or 8. ` +
    'It would refuse every request, so nothing could be delivered. Run `npm install undici@7` and make the dispatcher with ' +
    'that; the `undici` inside of Node 20 and 22 is version 6, too.',
  uncheckedHosts: (option: string): string =>
    `TrackingModule: option \`${option}\` is false beside a \`dispatcher\`; expected one of the two. ` +
    'A dispatcher or proxy connects by itself, so the addresses cannot be checked. Leave the dispatcher out, or forbid private ' +
    'addresses in the proxy.',
  secondModule: (): string =>
    'TrackingModule: a second TrackingModule was imported into this application; expected one. It is global: import it ' +
    'once, and list several platforms or keys as several `destinations`.',
  sharedFallback: (): string =>
    'TrackingModule: the id of `identity.fallback` is a word that stands for nobody, such as system or anonymous; many platforms refuse ' +
    "it, or take all who ever had it for one person. Name a service of yours, such as { userId: 'service:billing' }.",
  nobodyListens: (): string =>
    'Nobody listens for SIGTERM: the signal would end the process at once, with its pending events not delivered. ' +
    'Call app.enableShutdownHooks().',
  lostOnExit: (lane: string, count: number): string =>
    `The process exits with ${count} ${count === 1 ? 'event' : 'events'} not delivered to '${lane}'; with memory() they are lost. ` +
    'Await app.close() before the process ends.',
  heldOnExit: (count: number): string =>
    `The process exits while ${count} ${count === 1 ? 'event waits' : 'events wait'} for the end of hold(); ${count === 1 ? 'it is' : 'they are'} ` +
    'not recorded. Await what you hold around before the process ends.',
  unsavedOnExit: (count: number): string =>
    `The process exits with ${count} ${count === 1 ? 'event' : 'events'} that the journal's disk did not take; they are lost. ` +
    'Make room, or see to the disk, and await app.close() before the process ends.',
  journalFailing: (cause: string | undefined): string =>
    `The journal cannot write to its disk${cause === undefined ? '' : ` (${cause})`}. Delivery goes on from memory, record() says ` +
    "'buffered', and what is not delivered when the process ends is lost. Make room, or see to the disk and to the rights of " +
    'the directory: the journal comes back by itself.',
  journalOpen: (): string => 'The journal writes to its disk again; what waits in memory is written now.',
  notCommitted: (): string =>
    'A durable event was not on the disk in time: it is in memory, and is sent. See to the disk, or raise `commitTimeoutMs`. Said once; stats() counts the others.',
  defaultNamespace: (): string =>
    'A key was used, and the option `namespace` is not set. The ids of keyed events are derived from the destinations and their credentials: ' +
    'after one of these changes, or in an instance with other ones, the same key gives another id and its event may count twice. ' +
    "Set `namespace` to the service's name, or use journal(), which keeps it.",
  namespaceLate: (ms: number): string =>
    `The journal's disk did not answer within ${ms} ms at start. Until it does, keys give the ids of the current credentials, which may differ ` +
    'from those before a change of them. Check the disk, or set `namespace`.',
  openedLate: (ms: number): string =>
    `The journal has not read all that earlier lives left within ${ms} ms; it goes on in the background. Until then a key ` +
    'that was used before the restart may be accepted again. It needs time only; a faster disk needs less.',
  staysInJournal: (lane: string, count: number): string =>
    `Shut down with ${count} ${count === 1 ? 'event' : 'events'} not delivered to '${lane}': ` +
    `${count === 1 ? 'it stays' : 'they stay'} in the journal and ${count === 1 ? 'is' : 'are'} sent after the next start.`,
  closedLate: (ms: number): string =>
    `The journal's disk did not answer within ${ms} ms at shutdown; what it has not taken is lost. See to the disk.`,
};
