import type { Choose } from './choose.js';
import type { FolderNode, Node } from './folder-node.js';

/** A name that is added or removed. */
export interface Entry {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: Node | undefined;
}

interface Change {
  readonly entries: readonly Entry[];
  /** Every folder whose earlier changes come before this one. */
  readonly folders: readonly FolderNode[];
}

/**
 * Changes of folders that are not on the disk yet. As in a journalled file system, each is on the disk as a whole or not at
 * all, and never without earlier changes of the same folders. Changes of other folders may overtake it.
 */
export class FolderChanges {
  #pending: Change[] = [];

  /** @param also unchanged folders that keep their order with this change, such as one that is removed */
  make(entries: readonly Entry[], also: readonly FolderNode[] = []): void {
    apply(entries, 'entries');
    this.#pending.push({ entries, folders: [...entries.map(({ folder }) => folder), ...also] });
  }

  /** Syncs a folder: its changes, and all changes that must precede them, are on the disk. */
  sync(folder: FolderNode): void {
    const folders = new Set([folder]);
    const needed = new Set<Change>();
    for (const change of this.#pending.toReversed()) {
      if (!change.folders.some((each) => folders.has(each))) continue;
      needed.add(change);
      for (const each of change.folders) folders.add(each);
    }
    for (const { entries } of this.#pending.filter((change) => needed.has(change))) apply(entries, 'onDisk');
    this.#pending = this.#pending.filter((change) => !needed.has(change));
  }

  /** Power is lost: for each folder, its changes up to some moment are on the disk. */
  cut(choose: Choose): void {
    const stopped = new Set<FolderNode>();
    for (const { entries, folders } of this.#pending) {
      if (!folders.some((each) => stopped.has(each)) && choose(2) === 1) apply(entries, 'onDisk');
      else for (const each of folders) stopped.add(each);
    }
    this.#pending = [];
  }
}

function apply(entries: readonly Entry[], to: 'entries' | 'onDisk'): void {
  for (const { folder, name, node } of entries) {
    if (node === undefined) folder[to].delete(name);
    else folder[to].set(name, node);
  }
}
