import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { DAMAGED_FILE, DEAD_LETTERS_FILE, HISTORY_FILE, parseSegmentName } from '../format/file-names.js';
import { unlessAbsent } from '../files/absence.js';
import { isCommandId, isCommandOf } from './command.js';
import { CLOSED_FILE, MOVED_FILE, OWNER_FILE } from './owner-file.js';

/** The logs and marks beside the segments. A file that is written anywhere in a process folder has its name here. */
const FILES: readonly string[] = [
  OWNER_FILE,
  CLOSED_FILE,
  MOVED_FILE,
  DEAD_LETTERS_FILE,
  HISTORY_FILE,
  DAMAGED_FILE,
];
const FOLDERS: readonly string[] = ['inbox', 'outbox'];
/** Appended to the name of a folder that is being removed, so that its maker cannot complete it. */
const REMOVED = '.removed';
/** A leftover of a replacement that did not complete. */
const BESIDE = /\.[0-9a-f]{1,12}\.tmp$/;

/** The content of a process folder; paths are relative to it. */
export interface Content {
  /** Written by us, and useless without needed files. `owner.json` is last, so that a half-removed folder is recognised. */
  readonly own: readonly string[];
  /** Segments, and commands without an answer. */
  readonly needed: readonly string[];
  /** Not written by us. They and the files beside them, which may belong to them, are never removed. */
  readonly unknown: readonly string[];
}

/** The meaning of a name in a process folder. */
export function meaningOf(name: string): 'segment' | 'file' | 'folder' | 'unknown' {
  if (parseSegmentName(name) !== undefined) return 'segment';
  if (FOLDERS.includes(name)) return 'folder';
  if (FILES.includes(name.replace(BESIDE, ''))) return 'file';
  const ofSegment = name.replace(/\.acks$/, '.jsonl');
  return ofSegment !== name && parseSegmentName(ofSegment) !== undefined ? 'file' : 'unknown';
}

/** Reads the content of a folder. Rejects if the disk fails. */
export async function contentOf(files: Files, path: string): Promise<Content> {
  const own: string[] = [];
  const needed: string[] = [];
  const unknown: string[] = [];
  for (const name of (await unlessAbsent(files.list(path))) ?? []) {
    const meaning = meaningOf(name);
    const kind = (await unlessAbsent(files.facts(join(path, name))))?.kind;
    if (kind === undefined) continue;
    // A link or a folder with one of our names is not ours either.
    if (meaning === 'unknown' || kind !== (meaning === 'folder' ? 'folder' : 'file')) unknown.push(name);
    else if (meaning === 'segment') needed.push(name);
    else if (meaning === 'file') own.push(name);
    else await addLetterBox(files, path, name, { own, needed, unknown });
  }
  own.sort((a, b) => Number(a === OWNER_FILE) - Number(b === OWNER_FILE));
  return { own, needed, unknown };
}

/** Removes a folder without needed or unknown files. Returns its content if it stays. */
export async function removeOwn(files: Files, path: string): Promise<Content | undefined> {
  const content = await contentOf(files, path);
  if (content.needed.length > 0 || content.unknown.length > 0) return content;
  for (const name of content.own) {
    const below = join(path, name);
    await unlessAbsent(FOLDERS.includes(name) ? files.removeFolder(below) : files.remove(below));
  }
  await unlessAbsent(files.removeFolder(path));
  return undefined;
}

/** Removes a folder whose maker died before it was complete. A folder with other files stays; returns their names. */
export async function removeIncomplete(files: Files, path: string): Promise<readonly string[]> {
  const { own, needed, unknown } = await contentOf(files, path);
  const strange = [...needed, ...unknown, ...own.filter((name) => !isOfIncomplete(name))];
  if (strange.length > 0) return strange;
  const doomed = path.endsWith(REMOVED) ? path : path + REMOVED;
  if (doomed !== path) await files.rename(path, doomed);
  await removeOwn(files, doomed);
  return [];
}

/** Whether an incomplete folder may contain this file. */
const isOfIncomplete = (name: string): boolean => FOLDERS.includes(name) || name.startsWith(OWNER_FILE);

async function addLetterBox(
  files: Files,
  path: string,
  box: string,
  { own, needed, unknown }: Record<keyof Content, string[]>,
): Promise<void> {
  for (const name of (await unlessAbsent(files.list(join(path, box)))) ?? []) {
    const inside = join(box, name);
    const whole = name.replace(BESIDE, '');
    const id = /^(.*)\.json$/.exec(whole)?.[1] ?? '';
    const facts = await unlessAbsent(files.facts(join(path, inside)));
    if (facts === undefined) continue;
    if (facts.kind !== 'file' || !isCommandId(id)) unknown.push(inside);
    else if (box === 'outbox' || whole !== name) own.push(inside);
    else {
      const text = await unlessAbsent(files.readText(join(path, inside)));
      if (text !== undefined) (isCommandOf(text, id) ? needed : unknown).push(inside);
    }
  }
  own.push(box);
}
