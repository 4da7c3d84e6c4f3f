const MAX_NAMES = 5;

const list = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMES).join(', ') +
  (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '');

/** Every sentence that the journal may say. */
export const journalMessages = {
  torn: (segment: string, bytes: number) =>
    `The journal's ${segment} ends in the middle of a line (${bytes} bytes), where its writer died: that event was never reported as committed, and everything before it is sent. There is nothing to do.`,
  damaged: (segment: string) =>
    `The journal's ${segment} has lines that cannot be read: they are set aside in damaged.jsonl beside it and are not sent, all others are. \`npx nestjs-tracking verify\` tells which; check the disk.`,
  missing: (segment: string, events: number) =>
    `The journal's ${segment} was cut: ${events} events that were in it are gone, and what was not sent of them is lost. Look for what changes files in there, such as a rotation of logs.`,
  unreadable: (path: string, code: string) =>
    `The journal cannot read ${path} (${code}): its events are sent once it can be read, after the next start. See to its rights and to the disk.`,
  unknown: (path: string, names: readonly string[]) =>
    `The journal found files in ${path} that it did not write: ${list(names)}. It keeps the folder with everything in it. If one of them is a segment under another name, its events are not delivered: give it back its name and restart the application. Otherwise move the files elsewhere.`,
  foreign: (path: string, reason: string) =>
    `The journal leaves ${path} alone: nobody owns it and it is of ${reason}. Start that application again, or look into it with \`npx nestjs-tracking status\`.`,
  taken: () =>
    'This process was taken for dead, and another one sends what it had in the journal; it goes on in a folder of its own. Look for what ' +
    'stopped it for so long: a blocked event loop, a suspended machine, a disk that hangs.',
  gone: () =>
    'The folder of the journal was deleted: what is still in memory is written again into a new one, the rest is lost. Keep what cleans up ' +
    'away from the directory, and give it a volume that stays.',
  upkeep: (code: string) =>
    `The journal's upkeep failed (${code}); it is tried again every second. See to the disk, and to the rights of the directory.`,
};
