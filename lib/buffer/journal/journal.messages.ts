/** What the journal has to say. */
export const journalMessages = {
  torn: (segment: string, bytes: number) =>
    `the journal's ${segment} ends in the middle of a line (${bytes} bytes), where its writer died: that event was never reported as committed; everything before it is sent`,
  damaged: (segment: string) =>
    `the journal's ${segment} has lines that cannot be read: they are set aside in damaged.jsonl beside it and are not sent, all others are; 'npx nestjs-tracking verify' tells which`,
  missing: (segment: string, events: number) =>
    `the journal's ${segment} was cut: ${events} events that were in it are gone, and what was not sent of them is lost`,
  unreadable: (path: string, code: string) =>
    `the journal cannot read ${path} (${code}): its events are sent once it can be read, after the next start`,
  foreign: (path: string, reason: string) =>
    `the journal leaves ${path} alone: nobody owns it and it is of ${reason}; start that application again, or look into it with 'npx nestjs-tracking status'`,
  taken: () =>
    'this process was taken for dead and another one sends what it had in the journal; it goes on in a folder of its own',
  gone: () =>
    'the folder of the journal was deleted: what is still in memory is written again into a new one, the rest is lost',
  upkeep: (code: string) => `the journal's upkeep failed (${code}); it is tried again every second`,
};
