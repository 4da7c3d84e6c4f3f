const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBADF: 'bad file descriptor',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EIO: 'i/o error',
  EISDIR: 'illegal operation on a directory',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EROFS: 'read-only file system',
};

/** An error as Node makes it from the system's. */
export function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  const message = `${code}: ${TEXTS[code] ?? 'unknown error'}, ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code, syscall, path });
}

/** The code of an error that a system call ended with. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
