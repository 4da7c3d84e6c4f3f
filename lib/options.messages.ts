/** Sentences about options and the module's life that an application's developer may read. */
export const optionMessages = {
  sameName: (name: string, first: number, second: number): string =>
    `TrackingModule: \`destinations[${first}]\` and \`destinations[${second}]\` are both named '${name}'; ` +
    'give one of them another `name`.',
  secondModule: (): string =>
    'TrackingModule: a second TrackingModule was imported into this application; expected one. It is global: import it ' +
    'once, and list several platforms or keys as several `destinations`.',
  nobodyListens: (): string =>
    'Nobody listens for SIGTERM: call app.enableShutdownHooks(), or the process ends without delivering what waits.',
  lostOnExit: (lane: string, count: number): string =>
    `The process exits with ${count} ${count === 1 ? 'event' : 'events'} not delivered to '${lane}'; with memory() they are lost. ` +
    'Await app.close() before the process ends.',
};
