import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { guarded } from '../../../host/guarded.js';
import type { FileFacts, Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';

/** Why a folder is not used. */
export type Distrust = 'no folder' | 'another owner' | 'writable for everybody' | 'writable for a group';

type Whose = Pick<FileFacts, 'kind' | 'uid' | 'mode'>;

const SUPERUSER = 0;
const EVERYBODY_WRITES = 0o002;
const GROUP_WRITES = 0o020;

/** A folder that other users could have written to. It has the code of a folder that the system denies. */
export class DistrustError extends Error {
  override readonly name = 'DistrustError';
  readonly code = 'EACCES';

  constructor(
    readonly path: string,
    readonly why: Distrust,
    readonly uid: number | undefined,
  ) {
    super(`EACCES: ${why}, '${path}'`);
  }
}

/** Why a process of `user` must not use the root directory, or a group's folder in it. */
function distrustOfPlace({ kind, uid, mode }: Whose, user: number | undefined): Distrust | undefined {
  if (kind !== 'folder') return 'no folder';
  if (user === undefined) return undefined;
  if (uid !== user && uid !== SUPERUSER) return 'another owner';
  return (mode & EVERYBODY_WRITES) === 0 ? undefined : 'writable for everybody';
}

/**
 * The same for the folder of a process. Its group may write only if it may write to the root directory, too: Kubernetes
 * opens a whole volume to its `fsGroup` at each start of a pod.
 */
function distrustOfFolder(facts: Whose, root: Whose, user: number | undefined): Distrust | undefined {
  const { kind, uid, mode } = facts;
  if (kind === 'folder' && user !== undefined && uid !== user) return 'another owner';
  const distrust = distrustOfPlace(facts, user);
  if (distrust !== undefined || user === undefined) return distrust;
  return (mode & ~root.mode & GROUP_WRITES) === 0 ? undefined : 'writable for a group';
}

/** Checks the root directory, or a group's folder. Resolves to its facts; `undefined` if it does not exist. */
export async function checkPlace(files: Files, path: string): Promise<FileFacts | undefined> {
  const facts = await unlessAbsent(files.facts(path));
  return facts && accepted(path, facts, distrustOfPlace(facts, files.user()));
}

/** The same for the folder of a process. */
export async function checkFolder(files: Files, path: string, root: Whose): Promise<FileFacts | undefined> {
  const facts = await unlessAbsent(files.facts(path));
  return facts && accepted(path, facts, distrustOfFolder(facts, root, files.user()));
}

/** The real path of a directory. Links above it are followed, because the administrator made them; links below it are not. */
export function realDirectory(path: string): string {
  return guarded(() => realpathSync(path)) ?? resolve(path);
}

/** Why a directory cannot be used, if known; a missing one is created later. Blocks for one look-up. */
export function distrustOfRoot(path: string): { readonly why: Distrust; readonly uid: number } | undefined {
  const stats = guarded(() => statSync(path));
  if (stats === undefined) return undefined;
  const { uid, mode } = stats;
  const why = distrustOfPlace(
    { kind: stats.isDirectory() ? 'folder' : 'other', uid, mode },
    process.geteuid?.(),
  );
  return why && { why, uid };
}

function accepted(path: string, facts: FileFacts, distrust: Distrust | undefined): FileFacts {
  if (distrust !== undefined) throw new DistrustError(path, distrust, facts.uid);
  return facts;
}
