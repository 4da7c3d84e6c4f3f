import { join } from 'node:path';
import { isObject, parsedJson } from '../../../event/json-values.js';
import type { Files } from '../files/files.js';
import { jsonFileText, readJsonFile, writeJsonFile } from '../files/json-file.js';
import { hasShape, isNumber, isText, type Shape } from '../format/shape.js';
import { unlessAbsent } from '../files/absence.js';
import { areAccounts, type Accounts } from './accounts.js';
import { isGroup, isOwner } from './folder-names.js';
import type { ProcessFacts } from './process-identity.js';

/** In each folder: the process that made it. Its mtime is the owner's heartbeat. */
export const OWNER_FILE = 'owner.json';

/** In a folder whose owner closed it. */
export const CLOSED_FILE = 'closed';

/** In a folder with events that were moved to another account. */
export const MOVED_FILE = 'moved.json';

/** The content of `owner.json`. It never changes once written, also when the folder is adopted. */
export interface OwnerFacts {
  readonly owner: string;
  readonly group: string;
  readonly process: ProcessFacts;
  /** Wall clock, ISO 8601: for people. */
  readonly startedAt: string;
  readonly lanes: Accounts;
  /** How long the owner may be silent before others consider it dead, in milliseconds. */
  readonly leaseMs: number;
}

/** `damaged`: not in our format. `newer`: in the format of a later version of this package. */
export type OwnerReading = OwnerFacts | 'damaged' | 'newer';

/**
 * The format of all files of a folder. An earlier version, which would lose entries, leaves the folder alone.
 * 1: records have notes of lanes and no entries.
 */
const FORMAT = 2;
const FORMATS: readonly unknown[] = [1, FORMAT];
const MOVED_FORMAT = 1;
const MAX_PID = 2 ** 31 - 1;

const OWNER: Shape = {
  format: (value) => FORMATS.includes(value),
  owner: (value) => isText(value) && isOwner(value),
  group: (value) => isText(value) && isGroup(value),
  // A pid that is not positive would name a whole group of processes.
  pid: (value) => isNumber(value) && Number.isInteger(value) && value >= 1 && value <= MAX_PID,
  host: isText,
  startedAt: isText,
  leaseMs: (value) => isNumber(value) && value > 0,
  lanes: areAccounts,
};
const MOVED: Shape = { format: (value) => value === MOVED_FORMAT, lanes: areAccounts };

export function writeOwner({ owner, group, process, startedAt, lanes, leaseMs }: OwnerFacts): string {
  const { pid, host, boot, pidNamespace, start: processStart } = process;
  const facts = { owner, group, pid, host, boot, pidNamespace, processStart, startedAt, leaseMs, lanes };
  return jsonFileText({ format: FORMAT, ...facts });
}

export function readOwner(text: string): OwnerReading {
  const file = parsedJson(text);
  if (isObject(file) && isNumber(file['format']) && file['format'] > FORMAT) return 'newer';
  if (!hasShape(file, OWNER)) return 'damaged';
  const { owner, group, pid, host, boot, pidNamespace, processStart, startedAt, leaseMs, lanes } = file;
  const process = {
    pid,
    host,
    boot: isText(boot) ? boot : undefined,
    pidNamespace: isText(pidNamespace) ? pidNamespace : undefined,
    start: isNumber(processStart) ? processStart : undefined,
  };
  return { owner, group, process, startedAt, lanes, leaseMs } as OwnerFacts;
}

/**
 * The owner who made a folder, with the accounts that its lanes belong to now: a move counts. Undefined if the folder has no
 * `owner.json`; rejects if the disk fails.
 */
export async function ownerOf(files: Files, path: string): Promise<OwnerReading | undefined> {
  const text = await unlessAbsent(files.readText(join(path, OWNER_FILE)));
  const owner = text === undefined ? undefined : readOwner(text);
  if (typeof owner !== 'object') return owner;
  const moved = await readMoved(files, path);
  // Moved lanes come last: they were of another account, so any other name of a lane says more about it.
  const stayed = Object.entries(owner.lanes).filter(([name]) => !Object.hasOwn(moved, name));
  return { ...owner, lanes: Object.fromEntries([...stayed, ...Object.entries(moved)]) };
}

/** Lanes of a folder that belong to another account from now on. */
export async function writeMoved(files: Files, path: string, lanes: Accounts): Promise<void> {
  const all = { ...(await readMoved(files, path)), ...lanes };
  await writeJsonFile(files, join(path, MOVED_FILE), { format: MOVED_FORMAT, lanes: all });
}

/** What the files of a folder show of the owner who made it. Rejects if the disk fails. */
export async function signsOf(
  files: Files,
  path: string,
): Promise<{
  readonly owner: OwnerReading | undefined;
  /** The mtime of `owner.json`. */
  readonly heartbeatAt: number | undefined;
  readonly closed: boolean;
}> {
  const file = join(path, OWNER_FILE);
  // Before the mtime, because network file systems ask their server when a file is opened.
  const text = await unlessAbsent(files.readText(file));
  const closed = (await unlessAbsent(files.facts(join(path, CLOSED_FILE)))) !== undefined;
  const heartbeatAt = (await unlessAbsent(files.facts(file)))?.mtimeMs;
  return { owner: text === undefined ? undefined : readOwner(text), heartbeatAt, closed };
}

/** Marks a folder as closed: another process may adopt it at once. */
export async function writeClosed(files: Files, path: string, now: number): Promise<void> {
  await files.writeText(join(path, CLOSED_FILE), `${new Date(now).toISOString()}\n`);
}

/** A damaged file moves nothing. */
async function readMoved(files: Files, path: string): Promise<Accounts> {
  const file = await readJsonFile(files, join(path, MOVED_FILE));
  return hasShape(file, MOVED) ? (file['lanes'] as Accounts) : {};
}
