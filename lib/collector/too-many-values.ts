/** More than a batch of any sender has. Each becomes an object, so that a small compressed body could fill the memory. */
export const MAX_VALUES = 1_000_000;

/** Whether a text has more values (of JSON, of a form or of lines) than the collector reads. Cheap for a short text. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= MAX_VALUES) return false;
  let left = MAX_VALUES;
  for (const separator of [',', '&', '\n']) {
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
}
