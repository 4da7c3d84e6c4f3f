import { dirname, join } from 'node:path';
import type { FileFacts } from '../files/files.js';
import { removeIncomplete } from './content.js';
import { checkPlace, deniedOf, type Denied } from './denied.js';
import { namesInGroups, type NameInGroup } from './folder-names.js';
import { Liveness, type LifeSign } from './liveness.js';
import { ownerOf, type OwnerReading } from './owner-file.js';
import type { Residence } from './owner-folder.js';

/** A folder that no living process owns. */
export interface Orphan {
  readonly path: string;
  /** The folder it is in. An adopted folder is in the group of its adopter, not in the group that it was made in. */
  readonly group: string;
  readonly origin: string;
  readonly owner: OwnerReading;
  /** It has our name, but we do not hold it: the disk failed after the rename. */
  readonly isRenamed: boolean;
  /** It was adopted by a process that is dead now. */
  readonly wasAdopted: boolean;
  readonly wasClosed: boolean;
  /** How long we have known that it has no owner. */
  readonly unownedMs: number;
}

/** Files that the journal did not write. */
export interface UnknownContent {
  readonly path: string;
  readonly names: readonly string[];
}

/** The other results of a search. */
export interface Leftovers {
  readonly unknown: UnknownContent[];
  /** Paths that cannot be used now, also those of living owners. */
  readonly denied: Denied[];
}

interface Search {
  readonly found: Leftovers;
  readonly root: FileFacts;
  /** By path of the owner's first folder; read once for all folders that this owner holds. */
  readonly signs: Map<string, Promise<LifeSign>>;
  readonly seen: Map<string, number>;
  readonly visit: (orphan: Orphan) => Promise<void>;
}

/** A folder that is incomplete for this many leases is considered abandoned. */
const INCOMPLETE_LEASES = 10;

/**
 * Finds the folders that no living process owns. Must be called several times in each lease: a process that is not proven dead is
 * watched until its heartbeat has not changed for a lease.
 */
export class OrphanSearch {
  readonly #liveness: Liveness;
  /** By path: monotonic time at which a folder was first seen incomplete, or without an owner. */
  #seen = new Map<string, number>();

  constructor(
    private readonly residence: Residence,
    private readonly me: string,
    private readonly isHeld: (origin: string) => boolean,
  ) {
    const { files, clock, process, leaseMs } = residence;
    this.#liveness = new Liveness(files, clock, process, leaseMs);
  }

  /**
   * Visits each orphan, one after the other. A folder that fails, also while it is visited, is listed as denied and tried again in
   * the next search. Rejects if the journal's root cannot be read.
   */
  async each(found: Leftovers, visit: (orphan: Orphan) => Promise<void>): Promise<void> {
    const { files, directory } = this.residence;
    const root = await checkPlace(files, directory);
    if (root === undefined) return;
    const search: Search = { found, root, visit, signs: new Map(), seen: new Map() };
    const list = (home: string): Promise<readonly string[] | undefined> =>
      this.#attempt(home, found, async () => {
        await checkPlace(files, home);
        return files.list(home);
      });
    for await (const name of namesInGroups(files, directory, list)) {
      await this.#attempt(name.path, found, () => this.#consider(name, search));
    }
    this.#seen = search.seen;
    this.#liveness.forgetOthers();
  }

  async #attempt<T>(path: string, { denied }: Leftovers, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const one = await deniedOf(this.residence.files, path, error);
      if (one !== undefined && !denied.some((known) => known.path === one.path)) denied.push(one);
      return undefined;
    }
  }

  async #consider({ group, name, path, parsed }: NameInGroup, search: Search): Promise<void> {
    const { files } = this.residence;
    const home = dirname(path);
    if (parsed === undefined) {
      search.found.unknown.push({ path: home, names: [name] });
      return;
    }
    if (parsed.state === 'incomplete') return this.#considerIncomplete(path, search);
    const { owner: holder, origin = holder } = parsed;
    const wasAdopted = origin !== holder;
    const isRenamed = holder === this.me;
    if (isRenamed && (!wasAdopted || this.isHeld(origin))) return;
    if ((await checkPlace(files, path, search.root)) === undefined) return;
    const orphan = { path, group, origin, isRenamed, wasAdopted };
    if (isRenamed) {
      await search.visit({ ...orphan, owner: await this.#ownerOf(path), wasClosed: false, unownedMs: 0 });
      return;
    }
    if (wasAdopted) await checkPlace(files, join(home, holder), search.root);
    const { state, closed: wasClosed } = await this.#signOf(join(home, holder), search);
    if (state === 'owned' || (state === 'absent' && !wasAdopted)) return;
    const unownedMs = this.#msSince(path, search);
    await search.visit({ ...orphan, owner: await this.#ownerOf(path), wasClosed, unownedMs });
  }

  async #considerIncomplete(path: string, search: Search): Promise<void> {
    const { files, process, leaseMs } = this.residence;
    const incompleteMs = this.#msSince(path, search);
    const owner = await this.#ownerOf(path);
    const isDead = typeof owner === 'object' && process.isGone(owner.process) === true;
    if (!isDead && incompleteMs < INCOMPLETE_LEASES * leaseMs) return;
    const names = await removeIncomplete(files, path);
    if (names.length > 0) search.found.unknown.push({ path, names });
  }

  async #ownerOf(path: string): Promise<OwnerReading> {
    return (await ownerOf(this.residence.files, path)) ?? 'damaged';
  }

  #signOf(path: string, { signs }: Search): Promise<LifeSign> {
    let sign = signs.get(path);
    if (sign === undefined) signs.set(path, (sign = this.#liveness.of(path)));
    return sign;
  }

  /** How long this and earlier searches have seen a path. */
  #msSince(path: string, { seen }: Search): number {
    const now = this.residence.clock.monotonic();
    const since = this.#seen.get(path) ?? now;
    seen.set(path, since);
    return now - since;
  }
}
