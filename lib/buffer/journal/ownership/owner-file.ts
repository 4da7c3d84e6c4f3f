import type { LaneAccount } from '../../event-buffer.js';
import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { unlessAbsent } from './absence.js';
import type { Accounts } from './accounts.js';
import { isGroup } from './group.js';
import { isOwner } from './owner-id.js';
import type { ProcessFacts } from './process-identity.js';

/** In each folder: who made it. Its mtime is the owner's heartbeat. */
export const OWNER_FILE = 'owner.json';

/** In a folder that nobody owns any more. */
export const CLOSED_FILE = 'closed';

/** In a folder some of whose events were released to another account. */
export const MOVED_FILE = 'moved.json';

/** What a folder's `owner.json` says. Never changed once written, also not by who takes the folder over. */
export interface OwnerFacts {
  readonly owner: string;
  readonly group: string;
  readonly process: ProcessFacts;
  /** Wall clock, ISO 8601: for people. */
  readonly startedAt: string;
  readonly lanes: Readonly<Record<string, LaneAccount>>;
  /** How long the owner may be silent before it counts as dead: its own choice, which others go by. */
  readonly leaseMs: number;
}

/**
 * The format of all files of a folder. An earlier version, which would lose entries, leaves the folder alone.
 * 1: records have notes of lanes and no entries.
 */
const FORMAT = 2;
const FORMATS: readonly unknown[] = [1, FORMAT];
const MOVED_FORMAT = 1;
const MAX_PID = 2 ** 31 - 1;

export function writeOwner({ owner, group, process, startedAt, lanes, leaseMs }: OwnerFacts): string {
  const { pid, host, boot, pidNamespace, start } = process;
  const file = {
    format: FORMAT,
    owner,
    group,
    pid,
    host,
    boot,
    pidNamespace,
    processStart: start,
    startedAt,
    leaseMs,
    lanes,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** `damaged`: not what we write. `newer`: what a later version of this package writes. */
export function readOwner(text: string): OwnerFacts | 'damaged' | 'newer' {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return 'damaged';
  }
  if (!isObject(file)) return 'damaged';
  const { format, owner, group, pid, host, boot, pidNamespace, processStart, startedAt, leaseMs, lanes } =
    file;
  if (typeof format === 'number' && format > FORMAT) return 'newer';
  if (!FORMATS.includes(format)) return 'damaged';
  if (!isText(owner) || !isOwner(owner) || !isText(group) || !isGroup(group)) return 'damaged';
  // A pid that is not positive would name a whole group of processes.
  if (!isNumber(pid) || !Number.isInteger(pid) || pid < 1 || pid > MAX_PID || !isText(host)) return 'damaged';
  if (!isText(startedAt) || !isNumber(leaseMs) || leaseMs <= 0) return 'damaged';
  if (!isObject(lanes) || !Object.values(lanes).every(isAccount)) return 'damaged';
  return {
    owner,
    group,
    process: {
      pid,
      host,
      boot: isText(boot) ? boot : undefined,
      pidNamespace: isText(pidNamespace) ? pidNamespace : undefined,
      start: isNumber(processStart) ? processStart : undefined,
    },
    startedAt,
    lanes: lanes as Record<string, LaneAccount>,
    leaseMs,
  };
}

/**
 * Who made a folder, and which accounts its lanes belong to now: what was moved counts. Undefined where it has no `owner.json`;
 * rejects where the disk fails.
 */
export async function ownerOf(
  files: Files,
  path: string,
): Promise<OwnerFacts | 'damaged' | 'newer' | undefined> {
  const text = await unlessAbsent(files.readText(join(path, OWNER_FILE)));
  const owner = text === undefined ? undefined : readOwner(text);
  if (typeof owner !== 'object') return owner;
  const moved = await unlessAbsent(files.readText(join(path, MOVED_FILE)));
  return moved === undefined ? owner : { ...owner, lanes: withMoved(owner.lanes, readMoved(moved)) };
}

/** Those that were moved are last: they were another account's, so that any other name of a lane says more about it. */
function withMoved(lanes: Accounts, moved: Accounts): Accounts {
  const stayed = Object.entries(lanes).filter(([name]) => !Object.hasOwn(moved, name));
  return Object.fromEntries([...stayed, ...Object.entries(moved)]);
}

/** Lanes of a folder that belong to another account from now on. */
export async function writeMoved(files: Files, path: string, lanes: Accounts): Promise<void> {
  const before = await unlessAbsent(files.readText(join(path, MOVED_FILE)));
  const all = { ...(before === undefined ? {} : readMoved(before)), ...lanes };
  await files.writeText(
    join(path, MOVED_FILE),
    `${JSON.stringify({ format: MOVED_FORMAT, lanes: all }, null, 2)}\n`,
  );
}

/** An unreadable file moves nothing. */
function readMoved(text: string): Accounts {
  try {
    const { format, lanes } = JSON.parse(text) as Record<string, unknown>;
    if (format === MOVED_FORMAT && isObject(lanes) && Object.values(lanes).every(isAccount))
      return lanes as Accounts;
  } catch {
    // As above.
  }
  return {};
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Whether a value is the account of a lane. */
export const isAccount = (value: unknown): boolean =>
  isObject(value) && isText(value['kind']) && isText(value['host']) && isText(value['key']);
