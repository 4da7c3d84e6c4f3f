import { execFileSync } from 'node:child_process';
import process from 'node:process';

/** Whether this system has links, pipes and devices in its file system. */
export const HAS_SPECIAL_FILES = process.platform !== 'win32';

/** A named pipe that nobody writes to: whoever opens it to read waits, unless it says that it will not. */
export const makePipe = (path: string): void => void execFileSync('mkfifo', [path]);
