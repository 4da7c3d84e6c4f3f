/** Logged once; never holds the value. */
export const halfCharacter = (destination: string): string =>
  `Destination \`${destination}\`: a text has half of a surrogate pair, which PostHog rejects. It is sent as U+FFFD. ` +
  'Code that cuts a text between two UTF-16 units of one character causes this: cut between characters. Logged once; `stats()` has the total.';
