import { dirname } from 'node:path';
import type { Files } from '../files/files.js';
import { codeOf } from '../files/absence.js';
import { DistrustError, type Distrust } from './trust.js';

/** A folder or file that this process cannot use, so that it does not deliver its events. */
export interface Denied {
  readonly path: string;
  /** The system's error code, such as `EACCES` or `EIO`. */
  readonly code: string;
  /** The reason if the system allows access and the journal does not. */
  readonly why?: Distrust;
  /** The uid of the path's owner, or of the folder above it that denies access. */
  readonly uid?: number | undefined;
}

/** Thrown if an unusable path would make an answer wrong. */
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
  if (error instanceof DistrustError) {
    return { path: error.path, code: error.code, why: error.why, uid: error.uid };
  }
  const code = codeOf(error) ?? 'ERROR';
  if (code === 'ENOENT') return undefined;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  return isForbidden ? { code, ...(await keeperOf(files, pathOf(error) ?? path)) } : { path, code };
}

const pathOf = (error: unknown): string | undefined => {
  const path = (error as { path?: unknown }).path;
  return typeof path === 'string' ? path : undefined;
};

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
