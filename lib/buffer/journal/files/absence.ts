export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The code of an error of the system or of the disk, such as `EIO`; `undefined` for an error in our own code. */
export function diskCodeOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code?.startsWith('ERR_') === true ? undefined : code;
}

/** Error codes of opening something other than a regular file. */
const NOT_A_FILE = new Set<unknown>(['EISDIR', 'ELOOP', 'EFTYPE', 'ENXIO']);

/** Whether a path could not be opened because it is a folder, a link or a pipe. */
export const isNotAFile = (error: unknown): boolean => NOT_A_FILE.has(codeOf(error));

/** The result, or `undefined` if the file does not exist. Rejects for every other failure. */
export async function unlessAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** For `catch()` if the work can do without the result: ignores an error of the disk, and rejects for an error in our own code. */
export function ignoreDiskError(error: unknown): undefined {
  if (diskCodeOf(error) === undefined) throw error;
  return undefined;
}
