const EXPLANATIONS = {
  reserved:
    'has a name that Mixpanel reserves; it is not sent. Rename it, or rename it for this destination only in `map`',
  long_text:
    'is longer than 255 characters; Mixpanel cuts it to that length. Record a shorter text if reports need all of it',
};

export type Change = keyof typeof EXPLANATIONS;

/** Logged once for each property of each event; never has the value. */
export const propertyChanged = (
  destination: string,
  event: string,
  property: string,
  change: Change,
): string =>
  `Destination \`${destination}\`: property \`${property}\` of \`${event}\` ${EXPLANATIONS[change]}. ` +
  'Logged once; `stats()` has the total.';

/** Logged once for each event name. */
export const futureTime = (destination: string, event: string): string =>
  `Destination \`${destination}\`: \`${event}\` has a time in the future, which Mixpanel replaces when it stores the event. It is sent ` +
  'with the time at which it was accepted, so that a repeat has the same time. Check the clock that the `timestamp` comes from. ' +
  'Logged once; `stats()` has the total.';
