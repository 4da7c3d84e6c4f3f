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

/** An operation that a process requests from its file system. */
export interface Operation {
  readonly kind: OperationKind;
  /** For an open file, the path with which it was opened. */
  readonly path: string;
  /** The target of a rename. */
  readonly to?: string;
  /** The number of bytes of a write. */
  readonly bytes?: number;
  /** The position of a write or a read. */
  readonly position?: number;
}
