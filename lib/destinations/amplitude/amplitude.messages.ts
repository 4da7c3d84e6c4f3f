/** Logged once for each property of each event; never holds the value. */
export const textCut = (destination: string, event: string, property: string): string =>
  `Destination \`${destination}\`: property \`${property}\` of \`${event}\` has a text of more than 1,024 characters, the limit of ` +
  'Amplitude. The text is cut to that length, and the event is sent. Record a shorter text. Logged once; `stats()` has the total.';

/** Logged once for each event name. */
export const manyGroups = (destination: string, event: string): string =>
  `Destination \`${destination}\`: \`${event}\` has groups of more than 5 types. Amplitude tracks 5 types and ignores the others; the ` +
  'event is sent with all of them. Set groups of at most 5 types. Logged once; `stats()` has the total.';
