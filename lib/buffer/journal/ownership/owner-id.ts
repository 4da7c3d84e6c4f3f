import { randomBytes } from 'node:crypto';

/** In front of the name of a folder that is not complete yet. */
const UNBORN = '.new-';

const OWNER = '[0-9a-z]{1,12}-[1-9][0-9]{0,9}-[0-9a-f]{8}';
const OWNER_ONLY = new RegExp(`^${OWNER}$`);
const FOLDER = new RegExp(`^(${OWNER})(?:\\+(${OWNER}))?$`);

/** Names one opened journal; given once, ever. */
export function ownerId(startedAt: number, pid: number): string {
  const start = Math.max(0, Math.trunc(startedAt)).toString(36);
  return `${start}-${pid}-${randomBytes(4).toString('hex')}`;
}

export const isOwner = (text: string): boolean => OWNER_ONLY.test(text);

/** What the name of a folder in a group says. */
export type FolderName =
  | { readonly state: 'unborn' }
  /** `origin` is absent where the owner made the folder itself. */
  | { readonly state: 'born'; readonly owner: string; readonly origin?: string };

/** `undefined` for a name that is none of ours. */
export function parseFolderName(name: string): FolderName | undefined {
  if (name.startsWith(UNBORN)) return { state: 'unborn' };
  const [, owner, origin] = FOLDER.exec(name) ?? [];
  if (owner === undefined) return undefined;
  return origin === undefined ? { state: 'born', owner } : { state: 'born', owner, origin };
}

export const unbornName = (owner: string): string => UNBORN + owner;

export const adoptedName = (owner: string, origin: string): string => `${owner}+${origin}`;
