interface Recorded {
  readonly name: string;
}

interface Refused {
  readonly state: string;
  readonly name?: string;
  readonly reason?: string;
  readonly source?: string;
}

/** Sentences of the test kit. Its readers wrote the values, so the sentences may contain them. */
export const testingMessages = {
  unknownDestinations: (unknown: readonly string[], known: readonly string[]): string =>
    `overrideTracking(): \`destinations\` has ${list(unknown)}, but the application has ${list(known)}; ` +
    'give each fake destination the `name` of the one that it replaces.',
  unknownOption: (where: string, option: string, known: readonly string[]): string =>
    `${where}: option \`${option}\` is unknown; expected one of ${known.join(', ')}.`,
  badOption: (where: string, option: string, wants: string): string =>
    `${where}: option \`${option}\` is invalid; expected ${wants}.`,
  noModule: (): string =>
    'No recorder: the compiled module imports no TrackingModule, so nothing is tracked. Import the module ' +
    'that has TrackingModule.forRoot(), or TrackingTestingModule.forRoot().',
  noRecorder: (): string =>
    'No recorder: the application was not made with overrideTracking() or TrackingTestingModule.forRoot(), or its ' +
    'TrackingService is not the real one. Wrap the builder in overrideTracking() before compile().',
  neverTracked: (
    name: string,
    ms: number,
    events: readonly Recorded[],
    refused: readonly Refused[],
  ): string =>
    `No event '${name}' was tracked within ${ms} ms.\n${whatWasTracked(events)}${whatWasRefused(name, refused)}`,
};

/** The names of tracked events with their counts. */
export function whatWasTracked(events: readonly Recorded[]): string {
  if (events.length === 0) return 'Nothing was tracked.';
  const counts = new Map<string, number>();
  for (const { name } of events) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) =>
    count === 1 ? `'${name}'` : `'${name}' (${count} times)`,
  );
  return `Tracked: ${names.join(', ')}.`;
}

/** Why calls with this name, or with an unknown one, recorded no event; empty if there are none. */
export function whatWasRefused(name: string, refused: readonly Refused[]): string {
  const counts = new Map<string, number>();
  for (const call of refused) {
    if (call.name !== undefined && call.name !== name) continue;
    const what = call.name === undefined ? 'a call' : `'${call.name}'`;
    const from = call.source === undefined ? '' : ` of ${call.source}`;
    const why = call.reason === undefined ? call.state : `${call.state}: ${call.reason}`;
    const line = `${what}${from} (${why})`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  if (counts.size === 0) return '';
  const lines = [...counts].map(([line, count]) => (count === 1 ? line : `${line} ${count} times`));
  return `\nNot recorded: ${lines.join(', ')}.`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', ');
}
