import { join } from 'node:path';
import type { LaneAccount } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';
import { deniedOf, type Denied } from '../ownership/denied.js';
import { isGroup } from '../ownership/group.js';
import { LaneNames } from '../ownership/lane-names.js';
import { CLOSED_FILE, OWNER_FILE, ownerOf, readOwner, type OwnerFacts } from '../ownership/owner-file.js';
import { parseFolderName } from '../ownership/owner-id.js';
import type { ProcessIdentity } from '../ownership/process-identity.js';
import { DistrustError } from '../ownership/trust.js';

/**
 * Whether somebody still writes to a folder. `closed`: its owner ended and said so. `dead`: its process is gone. `unknown`:
 * one look does not tell, because it gives no sign of life, or its format is newer.
 */
export type OwnerCondition = 'alive' | 'closed' | 'dead' | 'unknown';

/** One folder of a journal, as somebody sees it who only reads. */
export interface FolderView {
  readonly directory: string;
  readonly group: string;
  /** Who has it now. */
  readonly owner: string;
  /** Who made it: stays the same whoever takes it over, so it names the folder. */
  readonly origin: string;
  /** May have changed since; see {@link currentPath}. */
  readonly path: string;
  readonly condition: OwnerCondition;
  /** Since its owner's last sign of life; absent where none was found. */
  readonly heartbeatAgeMs?: number | undefined;
  /**
   * Which destinations it was written for, called as whoever has it calls them; empty where its `owner.json` cannot be read.
   */
  readonly lanes: Readonly<Record<string, LaneAccount>>;
  /** What its lanes are called by whoever has it. */
  readonly names: LaneNames;
  readonly pid?: number | undefined;
  readonly host?: string | undefined;
  /** ISO 8601. */
  readonly startedAt?: string | undefined;
  /** The uid of its owner; undefined on systems without uids. */
  readonly uid?: number | undefined;
  /** What is wrong with `owner.json`. */
  readonly ownerFile: 'good' | 'missing' | 'damaged' | 'newer';
}

interface Machine {
  /** Wall clock. */
  now(): number;
  readonly process: ProcessIdentity;
}

interface Found {
  readonly owner: string;
  readonly origin: string;
  readonly path: string;
  readonly uid: number | undefined;
}

type OnFailure = (path: string, error: unknown) => Promise<void>;

/**
 * All folders of a journal, by group and by when they were begun.
 *
 * @param onDenied told of each that cannot be read
 */
export async function findFolders(
  directory: string,
  files: Files,
  machine: Machine,
  onDenied: (denied: Denied) => void,
): Promise<FolderView[]> {
  const views: FolderView[] = [];
  const onFailure = async (path: string, error: unknown): Promise<void> => {
    const denied = await deniedOf(files, path, error);
    if (denied !== undefined) onDenied(denied);
  };
  for (const group of (await files.list(directory)).filter(isGroup)) {
    const found = await foldersOf(join(directory, group), files, onFailure);
    const owners = new Map<string, Promise<OwnerSeen>>();
    const seen = ({ owner }: Found): Promise<OwnerSeen> => {
      // Who took a folder over gives its signs of life in its own.
      const own = found.find((other) => other.origin === owner);
      let looking = owners.get(owner);
      if (looking === undefined) {
        looking = look(own?.path, files, machine);
        owners.set(owner, looking);
      }
      return looking;
    };
    for (const folder of found) {
      try {
        const holder = found.find(({ origin }) => origin === folder.owner && origin !== folder.origin);
        views.push(await view(directory, group, folder, holder, files, await seen(folder)));
      } catch (error) {
        await onFailure(folder.path, error);
      }
    }
  }
  return views.toSorted(
    (a, b) => compare(a.group, b.group) || startOf(a) - startOf(b) || compare(a.origin, b.origin),
  );
}

/** Names beside the folders that are none of ours. */
export async function strangeNames(
  directory: string,
  files: Files,
): Promise<readonly { readonly group: string; readonly name: string }[]> {
  const strange: { group: string; name: string }[] = [];
  for (const group of (await files.list(directory)).filter(isGroup)) {
    for (const name of (await unlessAbsent(files.list(join(directory, group)))) ?? [])
      if (parseFolderName(name) === undefined) strange.push({ group, name });
  }
  return strange;
}

/** When a folder was begun, in epoch milliseconds; nothing in it is older. */
export function startOf({ origin }: Pick<FolderView, 'origin'>): number {
  return Number.parseInt(origin, 36);
}

/** Where a folder is now, which was taken over perhaps; `undefined` where it is gone. */
export async function currentPath(
  folder: Pick<FolderView, 'directory' | 'group' | 'origin'>,
  files: Files,
): Promise<string | undefined> {
  const found = await foldersOf(join(folder.directory, folder.group), files, () => Promise.resolve());
  return found.find(({ origin }) => origin === folder.origin)?.path;
}

/** Links are not followed: they may lead anywhere. */
async function foldersOf(path: string, files: Files, onFailure: OnFailure): Promise<Found[]> {
  const found: Found[] = [];
  try {
    for (const name of (await unlessAbsent(files.list(path))) ?? []) {
      const parsed = parseFolderName(name);
      if (parsed?.state !== 'born') continue;
      const { owner, origin = owner } = parsed;
      const below = join(path, name);
      const facts = await unlessAbsent(files.facts(below));
      if (facts?.kind === 'folder') found.push({ owner, origin, path: below, uid: facts.uid });
      else if (facts !== undefined) await onFailure(below, new DistrustError(below, 'no folder', facts.uid));
    }
  } catch (error) {
    await onFailure(path, error);
  }
  return found;
}

interface OwnerSeen {
  readonly condition: OwnerCondition;
  readonly heartbeatAgeMs?: number;
}

/** @param path of the folder that the owner made; absent where it is gone, and with it all that the owner had */
async function look(path: string | undefined, files: Files, machine: Machine): Promise<OwnerSeen> {
  // Only who ends in order removes its own folder, because nothing is in it.
  if (path === undefined) return { condition: 'closed' };
  const facts = await unlessAbsent(files.facts(join(path, OWNER_FILE)));
  const heartbeat = facts === undefined ? {} : { heartbeatAgeMs: Math.max(0, machine.now() - facts.mtimeMs) };
  if ((await unlessAbsent(files.facts(join(path, CLOSED_FILE)))) !== undefined) {
    return { condition: 'closed', ...heartbeat };
  }
  const text = facts === undefined ? undefined : await unlessAbsent(files.readText(join(path, OWNER_FILE)));
  const owner = text === undefined ? 'damaged' : readOwner(text);
  if (typeof owner === 'string' || facts === undefined) return { condition: 'unknown', ...heartbeat };
  if (machine.process.isGone(owner.process) === true) return { condition: 'dead', ...heartbeat };
  // On another machine, whose clock may differ, or stopped: only who watches for a while can tell.
  return { condition: machine.now() - facts.mtimeMs > owner.leaseMs ? 'unknown' : 'alive', ...heartbeat };
}

async function view(
  directory: string,
  group: string,
  { owner, origin, path, uid }: Found,
  holder: Found | undefined,
  files: Files,
  seen: OwnerSeen,
): Promise<FolderView> {
  const facts = await factsOf(path, files);
  const common = { directory, group, owner, origin, path, uid, ...seen };
  if (typeof facts === 'string') return { ...common, lanes: {}, names: LaneNames.own, ownerFile: facts };
  const holding = holder && (await factsOf(holder.path, files));
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

async function factsOf(path: string, files: Files): Promise<OwnerFacts | 'missing' | 'damaged' | 'newer'> {
  return (await ownerOf(files, path)) ?? 'missing';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
