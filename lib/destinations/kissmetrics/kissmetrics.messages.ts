const EXPLANATIONS = {
  characters: 'has a comma or colon in its name, which KISSmetrics turns into a space',
  reserved: 'begins with an underscore, which KISSmetrics reserves; it is sent without the underscore',
  long_name: 'has a name of 255 characters or more; the name is cut to 254',
  nameless: 'has no name that KISSmetrics accepts; it is omitted',
  same_name:
    'has the same name as another one (KISSmetrics ignores upper and lower case); only the first is sent',
  nested: 'is an object; each member is sent as a property of its own, with a dot between the names',
  list: 'is a list; it is sent as one text, separated by commas',
  json: 'is a list of objects, or nested too deep; it is sent as JSON text, which KISSmetrics cannot look into',
  long_value: 'is longer than 8 KB; it is cut there',
  no_value: 'is null or empty; it is omitted',
  boolean: 'is a boolean; it is sent as the text true or false',
  half_character: 'contains half of a surrogate pair; it is sent as U+FFFD',
};

export type Change = keyof typeof EXPLANATIONS;

const REMEDY = 'Record it in the form that you want at KISSmetrics. Logged once; `stats()` has the total.';

/** Logged once for each property of each event; never holds the value. */
export const propertyNormalised = (
  destination: string,
  event: string,
  property: string,
  change: Change,
): string =>
  `Destination \`${destination}\`: property \`${property}\` of \`${event}\` ${EXPLANATIONS[change]}. ${REMEDY}`;

/** Logged once for each event name. */
export const eventNameNormalised = (destination: string, event: string, change: Change): string =>
  `Destination \`${destination}\`: the event \`${event}\` ${EXPLANATIONS[change]}. ${REMEDY}`;

/** Logged once for each event name. */
export const collision = (destination: string, event: string): string =>
  `Destination \`${destination}\`: one person had \`${event}\` more than once in a second. KISSmetrics counts these events once, although it ` +
  'accepts each of them. Set `spreadCollisions: true`: events without a key are then sent with the next free second. An event with a ' +
  'key is never moved: give it the `timestamp` of its own record. Logged once; `stats()` has the total.';

/** Logged once for each event name, with `spreadCollisions`. */
export const collisionShifted = (destination: string, event: string): string =>
  `Destination \`${destination}\`: one person had \`${event}\` more than once in a second, which KISSmetrics counts once; ` +
  'each further one is sent with the next free second. Give each its own `timestamp` where you know it.';

/** Logged at start; never has the key. */
export const unusualKey = (destination: string, length: number): string =>
  `Destination \`${destination}\`: the KISSmetrics key (${length} characters) is not 40 hex digits, unlike most keys. It is used unchanged. ` +
  'KISSmetrics also answers 200 to a wrong key, so a wrong key causes no error: compare it with the product settings.';
