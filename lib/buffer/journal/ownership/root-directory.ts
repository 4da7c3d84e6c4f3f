import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { distrustOfPlace, type Distrust } from './trust.js';

/** The directory that a path leads to. Links on the way there are the administrator's; below it none is followed. */
export function realDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Why a directory cannot be used, if known; a missing one is created later. Blocks for one look-up. */
export function distrustOfRoot(path: string): { readonly why: Distrust; readonly uid: number } | undefined {
  try {
    const stats = statSync(path);
    const kind = stats.isDirectory() ? 'folder' : 'other';
    const why = distrustOfPlace({ kind, uid: stats.uid, mode: stats.mode }, process.geteuid?.());
    return why && { why, uid: stats.uid };
  } catch {
    return undefined;
  }
}
