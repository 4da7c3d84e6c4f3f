import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { guarded } from '../../../host/guarded.js';
import { distrustOfPlace, type Distrust } from './trust.js';

/** The directory that a path leads to. Links above it are followed, because the administrator made them; links below it are not. */
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
