import type { Log } from '../../../host/log.js';
import { diskCodeOf } from '../files/absence.js';

/** The result of `work`; `undefined` if it fails. An error in our own code is logged, a disk error is not. */
export async function unlessDiskFails<T>(
  log: Log,
  doing: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (diskCodeOf(error) === undefined) log.internalError(doing, error);
    return undefined;
  }
}
