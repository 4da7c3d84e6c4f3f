/** Names come from code, so there are few; data that ends up in names must not fill the memory. */
const MAX_TEXTS = 1_000;
const MAX_LENGTH = 500;

/** A function of texts that remembers its answers: of so many texts, and not of long ones. */
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
