import type { FileNode } from './file-node.js';

/** A file or a folder. */
export type Node = FileNode | FolderNode;

/** The content of a folder: for readers now, and after a power loss. */
export class FolderNode {
  readonly isFolder = true;
  readonly length = 0;
  readonly entries = new Map<string, Node>();
  readonly onDisk = new Map<string, Node>();

  constructor(
    readonly inode: number,
    readonly mode: number,
    public mtimeMs: number,
  ) {}
}
