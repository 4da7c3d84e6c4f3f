/** The state of a file or folder; for a link, of the link itself. */
export interface FileFacts {
  /** `other`: a link, a pipe, a device, a socket. The journal creates none of them. */
  readonly kind: 'file' | 'folder' | 'other';
  /** The uid of its owner; undefined on systems without uids. */
  readonly uid: number | undefined;
  /** Permission bits. */
  readonly mode: number;
  readonly bytes: number;
  /** By the clock of the file system, which may be another machine's. Only compared with itself. */
  readonly mtimeMs: number;
  /** Another value means that the path names another file. */
  readonly inode: number;
}

/**
 * `create`: must not exist; to be written at positions. `createSynced`: as `create`, and each write is on the disk when it
 * ends. `append`: created if it does not exist; writes go to its end, whatever their position. `overwrite`: must exist;
 * written at positions. `read`: must exist.
 */
export type OpenMode = 'create' | 'createSynced' | 'append' | 'overwrite' | 'read';

export interface OpenFile {
  /** Writes all of it, or rejects. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** As `write`, on the calling thread; only for the end of the process. Throws. */
  writeNow(bytes: Uint8Array, position: number): void;
  /** Reads up to the length of `into`; resolves to the number of bytes that were read. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Resolves when all writes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The file system of a journal, as an interface, so that a test can use one that fails. Every method rejects with an error that
 * has Node's `code`. Links, pipes and devices are refused: `list` rejects with `ENOTDIR`, and methods that open a file reject
 * with `ELOOP`, `ENXIO` or `EFTYPE`.
 */
export interface Files {
  /** The uid of this process; undefined on systems without uids. */
  user(): number | undefined;
  /** Makes a folder and those above it, mode 0700. It may exist. */
  makeFolder(path: string): Promise<void>;
  /** The names in a folder, sorted. */
  list(path: string): Promise<readonly string[]>;
  facts(path: string): Promise<FileFacts>;
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  /** A whole file as text; for small files. */
  readText(path: string): Promise<string>;
  /** Replaces a file whole: written beside it, synced, renamed. */
  writeText(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Must be empty. */
  removeFolder(path: string): Promise<void>;
  /** Sets a file's mtime to now. */
  touch(path: string): Promise<void>;
  /** Resolves when all changes of names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Free bytes of the file system that holds `path`, for an unprivileged user. */
  freeBytes(path: string): Promise<number>;
}
