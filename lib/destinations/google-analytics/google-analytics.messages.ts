const EXPLANATIONS = {
  characters:
    'has characters other than ASCII letters, digits and underscores in its name; it is sent with underscores in their place',
  long_name: 'has a name that is too long for Google Analytics; the name is cut',
  unusable_name: 'has a name that Google Analytics rejects or reserves; it is omitted',
  same_name: 'gets the same name as another one; only the first one is sent',
  nested: 'is an object; each member is sent as a parameter of its own, with an underscore between the names',
  list: 'is a list; it is sent as one text, separated by commas',
  too_deep: 'is a list of objects, or nested too deep; it is omitted',
  no_value: 'is null or empty; it is omitted',
  boolean: 'is a boolean; it is sent as the text true or false',
  long_value: 'is longer than the 100 characters that Google Analytics keeps; it is cut there',
  long_group:
    'has an id of more than 36 characters; it is omitted, because half an id is that of another group',
  part_of_order:
    'is longer than 100 characters, or contains half of a surrogate pair; it is omitted, because a part of it would be that of another order',
  half_character: 'contains half of a surrogate pair; it is sent as U+FFFD',
  too_many: 'is beyond the number that Google Analytics keeps for one event; it is omitted',
  items: 'contains values that are not plain values of an item; these are omitted',
  many_items: 'has more than 200 items; the others are omitted',
};

export type ParamChange = keyof typeof EXPLANATIONS;

/** Logged once for each subject, such as a property of an event; never has its value. */
export const normalised = (destination: string, subject: string, change: ParamChange): string =>
  `Destination \`${destination}\`: ${subject} ${EXPLANATIONS[change]}. Record it in the form that you want at Google Analytics, ` +
  'or give it that form in `map`. Logged once; `stats()` has the total.';

export const clientIdFailed = (destination: string): string =>
  `Destination \`${destination}\`: the function in the option \`clientId\` threw an error. Such events are declined (\`no_identity\`). ` +
  'Fix the function. Logged once; `stats()` has the total.';

export const clientIdIsNoText = (destination: string): string =>
  `Destination \`${destination}\`: the function in the option \`clientId\` returned a promise or another value that is not text. ` +
  'Such events are declined (`no_identity`). Return the text itself. Logged once; `stats()` has the total.';
