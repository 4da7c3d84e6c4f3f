interface Place {
  readonly directory: string;
  readonly user: number | undefined;
}

/** How to fix a disk that rejects writes, by the system's error code. */
function remedyFor(cause: string | undefined, directory: string, user: number | undefined): string {
  switch (cause) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free disk space, or raise the quota.';
    case 'EROFS':
      return 'Mount the file system with write access.';
    case 'EACCES':
    case 'EPERM':
      return user === undefined
        ? "Give this process's user write permission for the directory."
        : `Give uid ${user}, the user of this process, write permission for the directory, such as with mkdir -p ${directory} && chown -R ${user} ${directory}, and access to the folders above it.`;
    case 'ETIMEDOUT':
      return 'The disk does not answer: check it, and the network if the directory is on a network volume.';
    default:
      return 'Check the disk and the permissions of the directory.';
  }
}

/** Messages about the journal's disk and the object given as `telemetry`. */
export const observeMessages = {
  journalFailing: (cause: string | undefined, where: Place | undefined): string => {
    const { directory = 'its directory', user } = where ?? {};
    const reason = cause === undefined ? '' : ` (${cause})`;
    return (
      `The journal cannot write to ${directory}${reason}. Events are delivered from memory, and record() ` +
      `returns 'buffered'. Events that are pending when the process ends are lost. ${remedyFor(cause, directory, user)} ` +
      'The journal then resumes automatically.'
    );
  },
  journalOpen: (): string =>
    'The journal writes to its disk again. Pending events in memory are written now. No action needed.',
  telemetryFailed: (what: string): string =>
    `${what} threw and was skipped. Events are recorded and delivered without it. Fix the object ` +
    'given as `telemetry`. Logged once; `stats()` has the total.',
};
