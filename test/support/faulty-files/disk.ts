import type { FileFacts, OpenMode } from '../../../lib/buffer/journal/files/files.js';
import type { Choose } from './choose.js';
import { FileNode } from './file-node.js';
import { FolderChanges } from './folder-changes.js';
import { FolderNode, type Node } from './folder-node.js';
import { systemError } from './system-error.js';

/** The owner of all files: all processes act as one user. */
export const USER = 1000;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

interface Place {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: Node | undefined;
}

/**
 * A file system in memory, shared by all its processes. Operations take effect at once; their order and faults are decided
 * elsewhere. Paths are absolute, with slashes.
 */
export class Disk {
  /** Bytes that fit on it; existing bytes beyond that stay. */
  capacity = Infinity;
  readOnly = false;
  #inodes = 0;
  #root: FolderNode;
  readonly #changes = new FolderChanges();
  readonly #open = new Set<FileNode>();

  constructor(private readonly clock: { now(): number }) {
    this.#root = this.#newFolder();
  }

  get now(): number {
    return this.clock.now();
  }

  get used(): number {
    const files = new Set(this.#open);
    walk(this.#root, '', (_, node) => void (node.isFolder || files.add(node)));
    return [...files].reduce((sum, { length }) => sum + length, 0);
  }

  get free(): number {
    return Math.max(0, this.capacity - this.used);
  }

  /** Power is lost: only synced data is left, and an arbitrary part of unsynced data. */
  cut(choose: Choose): void {
    this.#changes.cut(choose);
    this.#open.clear();
    const seen = new Set<FileNode>();
    const restore = (folder: FolderNode): void => {
      folder.entries.clear();
      for (const [name, node] of folder.onDisk) {
        folder.entries.set(name, node);
        if (node.isFolder) restore(node);
        else seen.add(node);
      }
    };
    restore(this.#root);
    for (const file of seen) {
      file.users = 0;
      file.cut(choose);
    }
  }

  makeFolder(path: string): void {
    let folder = this.#root;
    for (const [i, name] of namesOf(path).entries()) {
      const node = folder.entries.get(name);
      if (node?.isFolder === false)
        throw systemError(i + 1 === namesOf(path).length ? 'EEXIST' : 'ENOTDIR', 'mkdir', path);
      folder = node ?? this.#makeOne(folder, name, path);
    }
  }

  list(path: string): string[] {
    return [...this.#folder(path, 'scandir').entries.keys()].toSorted();
  }

  facts(path: string): FileFacts {
    const { length, mtimeMs, inode, isFolder, mode } = this.#find(path, 'stat');
    return { kind: isFolder ? 'folder' : 'file', uid: USER, mode, bytes: length, mtimeMs, inode };
  }

  open(path: string, mode: OpenMode): FileNode {
    const { folder, name, node } = this.#place(path, 'open');
    if (mode === 'create' || mode === 'createSynced') {
      if (node !== undefined) throw systemError('EEXIST', 'open', path);
    } else if (node === undefined && mode !== 'append') throw systemError('ENOENT', 'open', path);
    if (node?.isFolder === true) throw systemError('EISDIR', 'open', path);
    if (mode !== 'read') this.#mustBeWritable('open', path);
    const file = node ?? this.#makeFile(folder, name, path);
    file.users++;
    this.#open.add(file);
    return file;
  }

  close(file: FileNode): void {
    if (--file.users === 0) this.#open.delete(file);
  }

  rename(from: string, to: string): void {
    const old = this.#place(from, 'rename');
    const next = this.#place(to, 'rename');
    const { node } = old;
    if (node === undefined) throw systemError('ENOENT', 'rename', from);
    if (node === next.node) return;
    if (node.isFolder && isWithin(next.folder, node)) throw systemError('EINVAL', 'rename', from);
    if (next.node?.isFolder === true) {
      if (!node.isFolder) throw systemError('EISDIR', 'rename', from);
      if (next.node.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', from);
    } else if (next.node !== undefined && node.isFolder) throw systemError('ENOTDIR', 'rename', from);
    this.#mustBeWritable('rename', from);
    this.#change(
      [
        { folder: old.folder, name: old.name, node: undefined },
        { folder: next.folder, name: next.name, node },
      ],
      next.node?.isFolder === true ? [next.node] : [],
    );
  }

  remove(path: string): void {
    const { folder, name, node } = this.#place(path, 'unlink');
    if (node === undefined) throw systemError('ENOENT', 'unlink', path);
    if (node.isFolder) throw systemError('EISDIR', 'unlink', path);
    this.#mustBeWritable('unlink', path);
    this.#change([{ folder, name, node: undefined }]);
  }

  removeFolder(path: string): void {
    const { folder, name, node } = this.#place(path, 'rmdir');
    if (node === undefined) throw systemError('ENOENT', 'rmdir', path);
    if (!node.isFolder) throw systemError('ENOTDIR', 'rmdir', path);
    if (node.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#mustBeWritable('rmdir', path);
    this.#change([{ folder, name, node: undefined }], [node]);
  }

  touch(path: string): void {
    const node = this.#find(path, 'utime');
    this.#mustBeWritable('utime', path);
    node.mtimeMs = this.clock.now();
  }

  syncFolder(path: string): void {
    const folder = this.#folder(path, 'fsync');
    this.#mustBeWritable('fsync', path);
    this.#changes.sync(folder);
  }

  /** Like `rm -rf` by another process; open files stay readable and writable for the processes that have them open. */
  wipe(path: string): void {
    const { folder, name, node } = this.#place(path, 'rm');
    if (node === undefined) throw systemError('ENOENT', 'rm', path);
    if (node.isFolder) for (const each of node.entries.keys()) this.wipe(`${path}/${each}`);
    this.#change([{ folder, name, node: undefined }], node.isFolder ? [node] : []);
  }

  /** A synced file that another process wrote. */
  put(path: string, bytes: Uint8Array): void {
    const names = namesOf(path);
    this.makeFolder(`/${names.slice(0, -1).join('/')}`);
    const { folder, name } = this.#place(path, 'open');
    const file = this.#makeFile(folder, name, path);
    file.replace(bytes);
    let above = this.#root;
    for (const each of names) {
      this.#changes.sync(above);
      const node = above.entries.get(each)!;
      if (node.isFolder) above = node;
    }
  }

  /** A file by its path. */
  file(path: string): FileNode {
    const node = this.#find(path, 'open');
    if (node.isFolder) throw systemError('EISDIR', 'open', path);
    return node;
  }

  mode(path: string): number {
    return this.#find(path, 'stat').mode;
  }

  /** Paths of all files and, with a slash behind them, of folders; sorted. */
  get tree(): string[] {
    const paths: string[] = [];
    walk(this.#root, '', (path, node) => void paths.push(node.isFolder ? `${path}/` : path));
    return paths.toSorted();
  }

  /** Every file that has a name, or is open. */
  get files(): FileNode[] {
    const files = new Set(this.#open);
    walk(this.#root, '', (_, node) => void (node.isFolder || files.add(node)));
    return [...files];
  }

  #makeOne(folder: FolderNode, name: string, path: string): FolderNode {
    this.#mustBeWritable('mkdir', path);
    this.#mustHaveRoom('mkdir', path);
    const made = this.#newFolder();
    this.#change([{ folder, name, node: made }]);
    return made;
  }

  #makeFile(folder: FolderNode, name: string, path: string): FileNode {
    this.#mustHaveRoom('open', path);
    const made = new FileNode(++this.#inodes, FILE_MODE, this.clock.now());
    this.#change([{ folder, name, node: made }]);
    return made;
  }

  #newFolder(): FolderNode {
    return new FolderNode(++this.#inodes, FOLDER_MODE, this.clock.now());
  }

  #change(...args: Parameters<FolderChanges['make']>): void {
    for (const { folder } of args[0]) folder.mtimeMs = this.clock.now();
    this.#changes.make(...args);
  }

  #mustBeWritable(syscall: string, path: string): void {
    if (this.readOnly) throw systemError('EROFS', syscall, path);
  }

  #mustHaveRoom(syscall: string, path: string): void {
    if (this.capacity !== Infinity && this.free === 0) throw systemError('ENOSPC', syscall, path);
  }

  #find(path: string, syscall: string): Node {
    if (namesOf(path).length === 0) return this.#root;
    const { node } = this.#place(path, syscall);
    if (node === undefined) throw systemError('ENOENT', syscall, path);
    return node;
  }

  #folder(path: string, syscall: string): FolderNode {
    const node = this.#find(path, syscall);
    if (!node.isFolder) throw systemError('ENOTDIR', syscall, path);
    return node;
  }

  #place(path: string, syscall: string): Place {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw systemError('EINVAL', syscall, path);
    let folder = this.#root;
    for (const each of names) {
      const node = folder.entries.get(each);
      if (node === undefined) throw systemError('ENOENT', syscall, path);
      if (!node.isFolder) throw systemError('ENOTDIR', syscall, path);
      folder = node;
    }
    return { folder, name, node: folder.entries.get(name) };
  }
}

function namesOf(path: string): string[] {
  if (!path.startsWith('/')) throw new Error(`not an absolute path: ${path}`);
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

function isWithin(folder: FolderNode, above: FolderNode): boolean {
  if (folder === above) return true;
  return [...above.entries.values()].some((node) => node.isFolder && isWithin(folder, node));
}

function walk(folder: FolderNode, path: string, visit: (path: string, node: Node) => void): void {
  for (const [name, node] of folder.entries) {
    visit(`${path}/${name}`, node);
    if (node.isFolder) walk(node, `${path}/${name}`, visit);
  }
}
