/** What `read` gives; `undefined` where it throws: a getter of a request is the platform's, or anybody's. */
export function guarded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
