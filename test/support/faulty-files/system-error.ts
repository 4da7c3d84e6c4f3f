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

/** An error in the form in which Node reports errors of the system. */
export function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  const message = `${code}: ${TEXTS[code] ?? 'unknown error'}, ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code, syscall, path });
}

/** The code of the error of a system call. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
