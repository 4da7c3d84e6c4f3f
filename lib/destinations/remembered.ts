/** Names come from code, so they are few. The bounds protect the memory from applications that put data into names. */
const MAX_TEXTS = 1_000;
const MAX_LENGTH = 500;

/** Caches the results of a function of texts. The number and the length of the texts are bounded. */
export function remembered<T extends object>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (text.length > MAX_LENGTH) return made;
    if (known.size >= MAX_TEXTS) known.clear();
    known.set(text, made);
    return made;
  };
}
