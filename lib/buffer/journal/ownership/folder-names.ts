import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { unlessAbsent } from '../files/absence.js';
import type { Files } from '../files/files.js';
import type { Accounts } from './accounts.js';

/** In front of the name of a folder that is not complete yet. */
const INCOMPLETE = '.new-';

const OWNER = '[0-9a-z]{1,12}-[1-9][0-9]{0,9}-[0-9a-f]{8}';
const OWNER_ONLY = new RegExp(`^${OWNER}$`);
const FOLDER = new RegExp(`^(${OWNER})(?:\\+(${OWNER}))?$`);

/**
 * The name of the folder that journals of one configuration share: a digest of the namespace and of all accounts. So events of
 * different accounts are in different folders.
 */
export function groupOf(namespace: string | undefined, accounts: Accounts): string {
  // Sorted by code units: the name must not depend on a locale.
  const lanes = Object.keys(accounts)
    .sort()
    .map((name) => {
      const { kind, host, key } = accounts[name]!;
      return [name, kind, host, key];
    });
  const whole = JSON.stringify([namespace ?? null, lanes]);
  return createHash('sha256').update(whole).digest('hex').slice(0, 16);
}

/** Whether a name can be that of a group's folder. */
export const isGroup = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);

export function ownerId(startedAt: number, pid: number): string {
  const start = Math.max(0, Math.trunc(startedAt)).toString(36);
  return `${start}-${pid}-${randomBytes(4).toString('hex')}`;
}

export const isOwner = (text: string): boolean => OWNER_ONLY.test(text);

/** The name of a folder in a group, as its parts. */
export type FolderName =
  | { readonly state: 'incomplete' }
  /** `origin` is absent if the owner made the folder itself. */
  | { readonly state: 'complete'; readonly owner: string; readonly origin?: string };

/** `undefined` for a name that the journal does not give. */
export function parseFolderName(name: string): FolderName | undefined {
  if (name.startsWith(INCOMPLETE)) return { state: 'incomplete' };
  const [, owner, origin] = FOLDER.exec(name) ?? [];
  if (owner === undefined) return undefined;
  return origin === undefined ? { state: 'complete', owner } : { state: 'complete', owner, origin };
}

export const incompleteName = (owner: string): string => INCOMPLETE + owner;

export const adoptedName = (owner: string, origin: string): string => `${owner}+${origin}`;

/** A name in the folder of a group. */
export interface NameInGroup {
  readonly group: string;
  readonly name: string;
  readonly path: string;
  /** Undefined for a name that the journal does not give. */
  readonly parsed: FolderName | undefined;
}

/**
 * All names in the groups of a journal. Rejects if the disk fails.
 *
 * @param list the names in one group's folder
 */
export async function* namesInGroups(
  files: Files,
  directory: string,
  list = async (home: string) => await unlessAbsent(files.list(home)),
): AsyncGenerator<NameInGroup> {
  for (const group of ((await unlessAbsent(files.list(directory))) ?? []).filter(isGroup)) {
    const home = join(directory, group);
    for (const name of (await list(home)) ?? []) {
      yield { group, name, path: join(home, name), parsed: parseFolderName(name) };
    }
  }
}
