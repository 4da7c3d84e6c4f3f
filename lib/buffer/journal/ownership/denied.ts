import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { guarded } from '../../../host/guarded.js';
import type { FileFacts, Files } from '../files/files.js';
import { codeOf, unlessAbsent } from '../files/absence.js';

/** Why a folder is not used although the system allows it: other users could have written to it. */
export type Distrust = 'no folder' | 'another owner' | 'writable for everybody' | 'writable for a group';

/** A folder or file that this process cannot use, so that it does not deliver its events. */
export interface Denied {
  readonly path: string;
  /** The system's error code, such as `EACCES` or `EIO`. */
  readonly code: string;
  readonly why?: Distrust;
  /** The uid of the path's owner, or of the folder above it that denies access. */
  readonly uid?: number | undefined;
}

/** A path that is not trusted, or an unusable one that would make an answer wrong. */
export class DeniedError extends Error {
  override readonly name = 'DeniedError';

  constructor(readonly denied: Denied) {
    super(`${denied.code}: '${denied.path}'`);
  }

  get code(): string {
    return this.denied.code;
  }
}

/** Called with a path that cannot be used. Throws if the work needs it. */
export type OnDenied = (denied: Denied) => void;

/** The {@link OnDenied} of work that needs every path. */
export function refuseDenied(denied: Denied): never {
  throw new DeniedError(denied);
}

/** The details of a failure; `undefined` if the path does not exist any more. */
export async function deniedOf(files: Files, path: string, error: unknown): Promise<Denied | undefined> {
  if (error instanceof DeniedError) return error.denied;
  const code = codeOf(error) ?? 'ERROR';
  if (code === 'ENOENT') return undefined;
  if (code !== 'EACCES' && code !== 'EPERM') return { path, code };
  const { path: forbidden } = error as { path?: unknown };
  return { code, ...(await keeperOf(files, typeof forbidden === 'string' ? forbidden : path)) };
}

/** A path with its owner, or the first folder above it that can be seen with its. */
async function keeperOf(files: Files, path: string): Promise<Pick<Denied, 'path' | 'uid'>> {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { path: at, uid: (await files.facts(at)).uid };
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (dirname(at) === at) return { path };
    }
  }
}

type Whose = Pick<FileFacts, 'kind' | 'uid' | 'mode'>;

const SUPERUSER = 0;
const EVERYBODY_WRITES = 0o002;
const GROUP_WRITES = 0o020;

/**
 * Why a process of `user` must not use the root directory, or a group's folder in it.
 *
 * @param root given for the folder of a process. The group of such a folder may write only if it may write to the root directory,
 * too: Kubernetes opens a whole volume to its `fsGroup` at each start of a pod.
 */
function distrustOf(
  { kind, uid, mode }: Whose,
  user: number | undefined,
  root?: Whose,
): Distrust | undefined {
  if (kind !== 'folder') return 'no folder';
  if (user === undefined) return undefined;
  if (uid !== user && (uid !== SUPERUSER || root !== undefined)) return 'another owner';
  if ((mode & EVERYBODY_WRITES) !== 0) return 'writable for everybody';
  const isOpened = root !== undefined && (mode & ~root.mode & GROUP_WRITES) !== 0;
  return isOpened ? 'writable for a group' : undefined;
}

/**
 * Checks the root directory, a group's folder, or with `root` the folder of a process. Resolves to its facts; `undefined` if it
 * does not exist.
 */
export async function checkPlace(files: Files, path: string, root?: Whose): Promise<FileFacts | undefined> {
  const facts = await unlessAbsent(files.facts(path));
  const why = facts && distrustOf(facts, files.user(), root);
  if (why !== undefined) throw new DeniedError({ path, code: 'EACCES', why, uid: facts?.uid });
  return facts;
}

/** Why a directory cannot be used, if known; a missing one is created later. Blocks for one look-up. */
export function distrustOfRoot(path: string): { readonly why: Distrust; readonly uid: number } | undefined {
  const stats = guarded(() => statSync(path));
  if (stats === undefined) return undefined;
  const { uid, mode } = stats;
  const kind = stats.isDirectory() ? 'folder' : 'other';
  const why = distrustOf({ kind, uid, mode }, process.geteuid?.());
  return why && { why, uid };
}

/** The real path of a directory. Links above it are followed, because the administrator made them; links below it are not. */
export function realDirectory(path: string): string {
  return guarded(() => realpathSync(path)) ?? resolve(path);
}
