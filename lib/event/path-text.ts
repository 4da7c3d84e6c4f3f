/** Longer paths are shown up to here. */
const MAX_KEYS = 6;
const MAX_NAME = 50;
/** No spaces, because the members of a record may be names of people. */
const LOOKS_LIKE_A_NAME = /^[\p{L}_$][\p{L}\p{N}_$:-]*$/u;
const LOOKS_LIKE_AN_ID = /\d{4}|^[\da-f]{8}-/i;

/**
 * A path in the properties as a message may have it, such as `items[].price`; '' for the properties as a whole. A member
 * whose name may be an id or a person's name is `*`.
 *
 * @param last follows the keys
 */
export function pathText(keys: readonly PropertyKey[], last?: PropertyKey): string {
  const path = keys.slice(0, MAX_KEYS + 1);
  if (last !== undefined) path.push(last);
  let text = '';
  for (const key of path.slice(0, MAX_KEYS)) {
    if (typeof key === 'number') {
      text += '[]';
      continue;
    }
    if (text !== '') text += '.';
    text += isMemberName(key) ? key : '*';
  }
  return path.length > MAX_KEYS ? `${text}.…` : text;
}

/** Whether a message may contain a member's name: it does not look like an id or another value. */
export function isMemberName(key: PropertyKey): key is string {
  return (
    typeof key === 'string' &&
    key.length <= MAX_NAME &&
    LOOKS_LIKE_A_NAME.test(key) &&
    !LOOKS_LIKE_AN_ID.test(key)
  );
}
