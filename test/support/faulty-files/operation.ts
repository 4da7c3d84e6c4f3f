/** `writeText` is made of `open`, `write`, `sync`, `close`, `rename` and `syncFolder`, as it is for a disk. */
export type OperationKind =
  | 'makeFolder'
  | 'list'
  | 'facts'
  | 'open'
  | 'write'
  | 'writeNow'
  | 'read'
  | 'sync'
  | 'close'
  | 'readText'
  | 'rename'
  | 'remove'
  | 'removeFolder'
  | 'touch'
  | 'syncFolder'
  | 'freeBytes';

/** Something that a process asks of its file system. */
export interface Operation {
  readonly kind: OperationKind;
  /** For an open file the path under which it was opened. */
  readonly path: string;
  /** Of a rename. */
  readonly to?: string;
  /** Of a write: how many bytes. */
  readonly bytes?: number;
  /** Of a write or a read. */
  readonly position?: number;
}
