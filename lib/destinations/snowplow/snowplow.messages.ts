/** Logged once for each field of the context; never has its value. */
export const fieldOmitted = (destination: string, field: string): string =>
  `Destination \`${destination}\`: \`${field}\` of an event is too long, or in a form that Snowplow does not accept. Such events are sent without ` +
  'it, because Snowplow would reject the whole event. Record it as an absolute URL or a short text. Logged once; `stats()` has the total.';

export const contextsAreAsync = (): string =>
  'The function in the option `contexts` of snowplow() returned a promise. Return the entities themselves.';
