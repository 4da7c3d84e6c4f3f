import { join } from 'node:path';
import type { Files } from '../files/files.js';
import type { Accounts } from '../ownership/accounts.js';
import { DeniedError, deniedOf, type Denied } from '../ownership/denied.js';
import { namesInGroups, parseFolderName, type NameInGroup } from '../ownership/folder-names.js';
import { LaneNames } from '../ownership/lane-names.js';
import { ownerOf, signsOf } from '../ownership/owner-file.js';
import type { ProcessIdentity } from '../ownership/process-identity.js';

/**
 * Whether a process still writes to a folder. `closed`: its owner closed it. `dead`: its process does not exist any more.
 * `unknown`: one look cannot decide, because the heartbeat is old or the format is newer.
 */
export type OwnerCondition = 'alive' | 'closed' | 'dead' | 'unknown';

/** One folder of a journal, as a process sees it that only reads. */
export interface FolderView {
  readonly directory: string;
  readonly group: string;
  /** The process that holds it now. */
  readonly owner: string;
  /** The process that made it. Adoption does not change it, so it identifies the folder. */
  readonly origin: string;
  /** May have changed since; see {@link currentPath}. */
  readonly path: string;
  readonly condition: OwnerCondition;
  /** Since its owner's last heartbeat; absent if none was found. */
  readonly heartbeatAgeMs?: number | undefined;
  /** The accounts that it was written for, by the owner's lane names; empty if its `owner.json` cannot be read. */
  readonly lanes: Accounts;
  /** Its owner's names of its lanes. */
  readonly names: LaneNames;
  readonly pid?: number | undefined;
  readonly host?: string | undefined;
  /** ISO 8601. */
  readonly startedAt?: string | undefined;
  /** The uid of its owner; undefined on systems without uids. */
  readonly uid?: number | undefined;
  /** The state of `owner.json`. */
  readonly ownerFile: 'good' | 'missing' | 'damaged' | 'newer';
}

interface Machine {
  /** Wall clock. */
  now(): number;
  readonly process: ProcessIdentity;
}

interface Found {
  readonly group: string;
  readonly owner: string;
  readonly origin: string;
  readonly path: string;
  readonly uid: number | undefined;
}

/**
 * All folders of a journal, by group and start of their owner.
 *
 * @param onDenied called with each path that cannot be read
 */
export async function findFolders(
  directory: string,
  files: Files,
  machine: Machine,
  onDenied: (denied: Denied) => void,
): Promise<FolderView[]> {
  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const denied = await deniedOf(files, path, error);
      if (denied !== undefined) onDenied(denied);
      return undefined;
    }
  };
  const list = (home: string): Promise<readonly string[] | undefined> =>
    attempt(home, () => files.list(home));
  const found: Found[] = [];
  for await (const name of namesInGroups(files, directory, list)) {
    const folder = await attempt(name.path, () => folderOf(name, files));
    if (folder !== undefined) found.push(folder);
  }
  const seen = new Map<string, Promise<OwnerSeen>>();
  const views: FolderView[] = [];
  for (const folder of found) {
    // The owner of an adopted folder has its heartbeat in its own folder.
    const own = found.find(({ group, origin }) => group === folder.group && origin === folder.owner);
    const key = `${folder.group}/${folder.owner}`;
    let looking = seen.get(key);
    if (looking === undefined) {
      looking = look(own?.path, files, machine);
      seen.set(key, looking);
    }
    const shown = await attempt(folder.path, async () => view(directory, folder, own, files, await looking));
    if (shown !== undefined) views.push(shown);
  }
  return views.toSorted((a, b) =>
    compareKeys([a.group, startOf(a), a.origin], [b.group, startOf(b), b.origin]),
  );
}

/** The start of the process that made a folder, in epoch milliseconds. The folder has no older events. */
export function startOf({ origin }: Pick<FolderView, 'origin'>): number {
  return Number.parseInt(origin, 36);
}

/** The present path of a folder, which another process may have adopted; `undefined` if it does not exist any more. */
export async function currentPath(
  { directory, group, origin }: Pick<FolderView, 'directory' | 'group' | 'origin'>,
  files: Files,
): Promise<string | undefined> {
  const home = join(directory, group);
  for (const name of await files.list(home)) {
    const parsed = parseFolderName(name);
    if (parsed?.state === 'complete' && (parsed.origin ?? parsed.owner) === origin) return join(home, name);
  }
  return undefined;
}

/** Undefined for a name that is not of a complete folder. Links are not followed: they may lead anywhere. */
async function folderOf({ group, path, parsed }: NameInGroup, files: Files): Promise<Found | undefined> {
  if (parsed?.state !== 'complete') return undefined;
  const { owner, origin = owner } = parsed;
  const { kind, uid } = await files.facts(path);
  if (kind !== 'folder') throw new DeniedError({ path, code: 'EACCES', why: 'no folder', uid });
  return { group, owner, origin, path, uid };
}

interface OwnerSeen {
  readonly condition: OwnerCondition;
  readonly heartbeatAgeMs?: number;
}

/** @param path of the folder that the owner made itself; absent if it does not exist any more */
async function look(path: string | undefined, files: Files, machine: Machine): Promise<OwnerSeen> {
  // An owner removes its own folder only when it ends in order.
  if (path === undefined) return { condition: 'closed' };
  const { owner, heartbeatAt, closed } = await signsOf(files, path);
  if (heartbeatAt === undefined) return { condition: closed ? 'closed' : 'unknown' };
  const heartbeatAgeMs = Math.max(0, machine.now() - heartbeatAt);
  if (closed) return { condition: 'closed', heartbeatAgeMs };
  if (typeof owner !== 'object') return { condition: 'unknown', heartbeatAgeMs };
  if (machine.process.isGone(owner.process) === true) return { condition: 'dead', heartbeatAgeMs };
  // It is stopped, or on another machine, whose clock may differ: only a longer watch can decide.
  return { condition: heartbeatAgeMs > owner.leaseMs ? 'unknown' : 'alive', heartbeatAgeMs };
}

async function view(
  directory: string,
  { group, owner, origin, path, uid }: Found,
  holder: Found | undefined,
  files: Files,
  seen: OwnerSeen,
): Promise<FolderView> {
  const facts = (await ownerOf(files, path)) ?? 'missing';
  const common = { directory, group, owner, origin, path, uid, ...seen };
  if (typeof facts === 'string') return { ...common, lanes: {}, names: LaneNames.own, ownerFile: facts };
  const holding = holder === undefined || owner === origin ? undefined : await ownerOf(files, holder.path);
  const names = typeof holding === 'object' ? new LaneNames(facts.lanes, holding.lanes) : LaneNames.own;
  return {
    ...common,
    lanes: Object.fromEntries(
      Object.entries(facts.lanes).map(([name, account]) => [names.here(name), account]),
    ),
    names,
    pid: facts.process.pid,
    host: facts.process.host,
    startedAt: facts.startedAt,
    ownerFile: 'good',
  };
}

/** Compares by several keys, the most significant one first. Texts are compared by code units. */
export function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  const at = a.findIndex((key, index) => key !== b[index]);
  if (at === -1) return 0;
  return a[at]! < b[at]! ? -1 : 1;
}
