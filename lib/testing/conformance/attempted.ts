/** The result; undefined if the code throws, which another rule reports. */
export function attempted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** The message of anything thrown. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
