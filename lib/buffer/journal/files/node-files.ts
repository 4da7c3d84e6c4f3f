import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { codeOf, ignoreDiskError } from './absence.js';
import type { FileFacts, Files, OpenFile, OpenMode } from './files.js';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const PERMISSIONS = 0o7777;
const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = fs.constants;
/** Follow no link and do not block on a pipe. Windows has neither flag. */
const GUARDED = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
const FOLDER_ONLY = fs.constants.O_DIRECTORY ?? 0;
/** On other systems this flag is missing or not reliable. */
const HAS_DSYNC = process.platform === 'linux';
const FLAGS: Record<OpenMode, number> = {
  create: O_WRONLY | O_CREAT | O_EXCL,
  createSynced: O_WRONLY | O_CREAT | O_EXCL | (HAS_DSYNC ? fs.constants.O_DSYNC : 0),
  append: O_WRONLY | O_CREAT | O_APPEND,
  overwrite: O_RDWR,
  read: O_RDONLY,
};
/** Error codes of systems that cannot or need not sync a folder. */
const NO_FOLDER_SYNC = new Set<unknown>(['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP']);

/** The file system of the machine. Uses callbacks, because the promises of `node:fs` cost more. */
export const nodeFiles: Files = {
  user: () => process.geteuid?.(),

  makeFolder(path) {
    return given((done) => fs.mkdir(path, { recursive: true, mode: FOLDER_MODE }, (error) => done(error)));
  },

  async list(path) {
    if ((await nodeFiles.facts(path)).kind !== 'folder') throw failure('ENOTDIR', 'scandir', path);
    return (await given<string[]>((done) => fs.readdir(path, done))).sort();
  },

  async facts(path): Promise<FileFacts> {
    const stats = await given<fs.Stats>((done) => fs.lstat(path, done));
    return {
      kind: kindOf(stats),
      uid: nodeFiles.user() === undefined ? undefined : stats.uid,
      mode: stats.mode & PERMISSIONS,
      bytes: stats.size,
      mtimeMs: stats.mtimeMs,
      inode: stats.ino,
    };
  },

  open,

  readText(path) {
    return whileOpen(opened(path, FLAGS.read), (fd) =>
      given<string>((done) => fs.readFile(fd, 'utf8', done)),
    );
  },

  async writeText(path, text) {
    const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const file = await open(beside, 'create');
      try {
        await file.write(Buffer.from(text), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await nodeFiles.rename(beside, path);
    } catch (error) {
      await nodeFiles.remove(beside).catch(ignoreDiskError);
      throw error;
    }
    await nodeFiles.syncFolder(dirname(path));
  },

  rename(from, to) {
    return given((done) => fs.rename(from, to, done));
  },

  remove(path) {
    return given((done) => fs.unlink(path, done));
  },

  removeFolder(path) {
    return given((done) => fs.rmdir(path, done));
  },

  touch(path) {
    const now = new Date();
    return given((done) => fs.lutimes(path, now, now, done));
  },

  async syncFolder(path) {
    const opening = given<number>((done) => fs.open(path, O_RDONLY | FOLDER_ONLY | GUARDED, done));
    try {
      await whileOpen(opening, (fd) => given((done) => fs.fsync(fd, done)));
    } catch (error) {
      if (!NO_FOLDER_SYNC.has(codeOf(error))) throw error;
    }
  },

  async freeBytes(path) {
    const { bavail, bsize } = await given<fs.StatsFs>((done) => fs.statfs(path, done));
    return bavail * bsize;
  },
};

function kindOf(stats: fs.Stats): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

async function open(path: string, mode: OpenMode): Promise<OpenFile> {
  return new NodeFile(await opened(path, FLAGS[mode]), mode);
}

/** Every file of the journal is opened here, and must be a regular file. */
async function opened(path: string, flags: number): Promise<number> {
  const fd = await given<number>((done) => fs.open(path, flags | GUARDED, FILE_MODE, done));
  try {
    const stats = await given<fs.Stats>((done) => fs.fstat(fd, done));
    if (stats.isFile()) return fd;
    throw failure(stats.isDirectory() ? 'EISDIR' : 'EFTYPE', 'open', path);
  } catch (error) {
    await given((done) => fs.close(fd, done)).catch(ignoreDiskError);
    throw error;
  }
}

async function whileOpen<T>(opening: Promise<number>, use: (fd: number) => Promise<T>): Promise<T> {
  const fd = await opening;
  try {
    return await use(fd);
  } finally {
    await given((done) => fs.close(fd, done));
  }
}

function failure(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}

class NodeFile implements OpenFile {
  readonly #fd: number;
  /** Appending writes have no position, because some systems would write there. */
  readonly #positioned: boolean;
  readonly #syncsEach: boolean;

  constructor(fd: number, mode: OpenMode) {
    this.#fd = fd;
    this.#positioned = mode !== 'append';
    this.#syncsEach = mode === 'createSynced' && !HAS_DSYNC;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const from = done;
      const at = this.#positioned ? position + from : null;
      done += progress(await given((end) => fs.write(this.#fd, bytes, from, bytes.length - from, at, end)));
    }
    if (this.#syncsEach) await this.sync();
  }

  writeNow(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;) {
      const at = this.#positioned ? position + done : null;
      done += progress(fs.writeSync(this.#fd, bytes, done, bytes.length - done, at));
    }
    if (this.#syncsEach) fs.fdatasyncSync(this.#fd);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const from = done;
      const at = position + from;
      const read = await given<number>((end) => fs.read(this.#fd, into, from, into.length - from, at, end));
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  sync(): Promise<void> {
    return given((done) => fs.fdatasync(this.#fd, done));
  }

  close(): Promise<void> {
    return given((done) => fs.close(this.#fd, done));
  }
}

/** A write of no bytes without an error would be repeated without end. */
function progress(written: number): number {
  if (written > 0) return written;
  throw Object.assign(new Error('EIO: nothing was written'), { code: 'EIO' });
}

/** The result of one of Node's operations. */
function given<T = void>(
  start: (done: (error?: NodeJS.ErrnoException | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}
