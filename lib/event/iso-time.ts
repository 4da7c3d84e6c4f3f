let second = Number.NaN;
let prefix = '';

/**
 * `new Date(ms).toISOString()` for times that are nearly in order: the text down to the second is made once for all events of
 * that second. Throws a RangeError for an invalid time, as `toISOString()` does.
 */
export function isoTime(ms: number): string {
  const own = Math.floor(ms / 1_000);
  if (own !== second) {
    prefix = new Date(own * 1_000).toISOString().slice(0, -4);
    second = own;
  }
  const rest = Math.floor(ms) - own * 1_000;
  return `${prefix}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
