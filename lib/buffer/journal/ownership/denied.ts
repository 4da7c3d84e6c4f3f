import { dirname } from 'node:path';
import type { Files } from '../files/files.js';
import { codeOf } from './absence.js';
import { DistrustError, type Distrust } from './trust.js';

/** A folder or file whose events nobody here delivers, because it cannot be used. */
export interface Denied {
  readonly path: string;
  /** The system's, such as `EACCES` or `EIO`. */
  readonly code: string;
  /** Where the system would let us, and we must not. */
  readonly why?: Distrust;
  /** Who keeps us out: the owner of the path, or of the folder above it that is closed to us. */
  readonly uid?: number | undefined;
}

/** Thrown where one path that cannot be used makes an answer wrong. */
export class DeniedError extends Error {
  override readonly name = 'DeniedError';

  constructor(readonly denied: Denied) {
    super(`${denied.code}: '${denied.path}'`);
  }
}

/** What is known of a failure. `undefined` where the thing is gone: then nothing is kept from anybody. */
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
    } catch {
      if (dirname(at) === at) return { path };
    }
  }
}
