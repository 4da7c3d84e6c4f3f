/**
 * The result of `read`; `undefined` if it throws. Only for code of the application, and for values of a client or a platform that
 * may be malformed: there, an error means that there is no value. For errors of this package, use `Log.internalError()`.
 */
export function guarded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
