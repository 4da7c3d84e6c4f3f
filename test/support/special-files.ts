import { execFileSync } from 'node:child_process';
import process from 'node:process';

/** Whether this system has links, pipes and devices in its file system. */
export const HAS_SPECIAL_FILES = process.platform !== 'win32';

/** A named pipe without a writer: opening it to read blocks, unless it is opened with O_NONBLOCK. */
export const makePipe = (path: string): void => void execFileSync('mkfifo', [path]);
