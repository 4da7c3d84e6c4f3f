/** Logged once; never holds the value. */
export const halfCharacter = (destination: string): string =>
  `Destination \`${destination}\`: a text has half of a surrogate pair, which PostHog rejects. It is sent as U+FFFD. ` +
  'Such halves come from cutting a text between two units of one character: cut by characters. Logged once; `stats()` has the total.';
