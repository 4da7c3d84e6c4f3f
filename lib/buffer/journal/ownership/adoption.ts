import { join } from 'node:path';
import type { StrandedReason } from '../../../event/stranded.js';
import { codeOf, ignoreDiskError, unlessAbsent } from '../files/absence.js';
import { LaneNames } from './lane-names.js';
import { OrphanSearch, type Leftovers, type Orphan } from './orphan-search.js';
import { CLOSED_FILE, writeClosed } from './owner-file.js';
import type { Residence } from './owner-folder.js';
import { adoptedName } from './folder-names.js';

export interface TakenFolder {
  readonly path: string;
  readonly origin: string;
  /** The group it was made in. */
  readonly group: string;
  /** Maps its lanes to ours. Only lanes that are ours may be sent. */
  readonly names: LaneNames;
  /** Whether all lanes that can be in it are ours. */
  readonly exact: boolean;
  /** Whether its owner had closed it. */
  readonly wasClosed: boolean;
}

/** A folder without an owner that we do not adopt. */
export interface ForeignFolder {
  readonly path: string;
  readonly origin: string;
  /** Maps its lanes to ours; absent if the folder does not list them, or cannot be read. */
  readonly names?: LaneNames | undefined;
  /** Why none of its events are delivered. Absent if each lane has its own reason: see `names.strangers`. */
  readonly reason?: Extract<StrandedReason, 'other_version' | 'unreadable'> | undefined;
}

/** The result of one look. `foreign` and `denied` are complete at each look. */
export interface Found extends Leftovers {
  readonly taken: TakenFolder[];
  readonly foreign: ForeignFolder[];
}

/** Error codes of a rename that is not permitted. Some systems also answer so while another process has a file open. */
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Adopts the folders of dead processes. Adopting is renaming, so exactly one of several processes succeeds. */
export class Adoption {
  readonly #search: OrphanSearch;
  /** Origins of the folders that we hold. */
  readonly #held = new Set<string>();
  /** Origins of the folders that we gave back, with the number of their lanes that were not ours. */
  readonly #released = new Map<string, number>();
  /** Origins that were listed as foreign. */
  readonly #listed = new Set<string>();
  #isLooking = false;
  /** Foreign folders that exist at start are listed at once. Later, another service may be restarting. */
  #isFirst = true;

  constructor(private readonly setup: Residence & { readonly owner: string }) {
    this.#search = new OrphanSearch(setup, setup.owner, (origin) => this.#held.has(origin));
  }

  /**
   * Looks at every folder once, and adopts orphans that have some of our lanes. Finds nothing while another look is running.
   * Rejects if the journal's root cannot be read; a folder that fails hides no other.
   */
  async look(): Promise<Found> {
    const found: Found = { taken: [], foreign: [], unknown: [], denied: [] };
    if (this.#isLooking) return found;
    this.#isLooking = true;
    try {
      await this.#search.each(found, (orphan) => this.#decide(orphan, found));
      this.#isFirst = false;
      return found;
    } finally {
      this.#isLooking = false;
    }
  }

  /** Whether a folder that we adopted is still there under our name. Rejects if the disk fails. */
  async holds(folder: TakenFolder): Promise<boolean> {
    return (await unlessAbsent(this.setup.files.facts(folder.path))) !== undefined;
  }

  /**
   * Gives a folder back under its original name, so that another process can adopt it. We adopt it again only if more of its lanes
   * are ours then.
   *
   * @returns its path from now on
   */
  async release(folder: TakenFolder): Promise<string> {
    const { files, directory, group: ours, clock } = this.setup;
    const home = join(directory, folder.group);
    const path = join(home, folder.origin);
    this.#released.set(folder.origin, folder.names.strangers.size);
    // Before the rename: if its first owner was only paused, the mark shows that the folder was adopted.
    const isMarked = await unlessAbsent(writeClosed(files, folder.path, clock.now()).then(() => true));
    if (isMarked === true) {
      await files.makeFolder(home);
      await unlessAbsent(files.rename(folder.path, path));
      await this.#syncGroups(folder.group, ours);
    }
    this.#held.delete(folder.origin);
    return path;
  }

  /** Adopts an orphan, lists it as foreign, or leaves it to the next look. */
  async #decide(orphan: Orphan, found: Found): Promise<void> {
    const { path, origin, owner, unownedMs, isRenamed } = orphan;
    const isLate = unownedMs >= this.setup.leaseMs;
    const names = this.#namesOf(orphan);
    if (names === undefined) {
      const reason = owner === 'newer' ? 'other_version' : 'unreadable';
      if (owner === 'newer' || isRenamed || isLate) found.foreign.push({ path, origin, reason });
      return;
    }
    if (isRenamed) return this.#moveIn(path, orphan, names, found);
    // A process that delivers all lanes of the folder may adopt it first.
    const isOurTurn = names.fit === 'all' || isLate;
    if (this.#isReleased(origin, names)) found.foreign.push({ path, origin, names });
    else if (names.fit === 'none') this.#list(orphan, names, isLate, found);
    else if (isOurTurn) await this.#adopt(orphan, names, isLate, found);
  }

  /** Whether we gave it back, and no more of its lanes are ours since then. */
  #isReleased(origin: string, { strangers }: LaneNames): boolean {
    const before = this.#released.get(origin);
    return before !== undefined && before <= strangers.size;
  }

  #list({ path, origin }: Orphan, names: LaneNames, isLate: boolean, { foreign }: Found): void {
    const hasChanged = [...names.strangers.values()].some(({ reason }) => reason === 'account_changed');
    if (isLate || (hasChanged && this.#isFirst)) this.#listed.add(origin);
    if (this.#listed.has(origin)) foreign.push({ path, origin, names });
  }

  async #adopt(orphan: Orphan, names: LaneNames, isLate: boolean, found: Found): Promise<void> {
    const { files, directory, group, owner: me } = this.setup;
    const { path, origin } = orphan;
    const target = join(directory, group, adoptedName(me, origin));
    try {
      await files.rename(path, target);
    } catch (error) {
      if (isLate && FORBIDDEN.has(codeOf(error) ?? ''))
        found.foreign.push({ path, origin, names, reason: 'unreadable' });
      return;
    }
    await this.#syncGroups(group, orphan.group);
    await this.#moveIn(target, orphan, names, found);
  }

  #namesOf({ owner, group, wasAdopted }: Orphan): LaneNames | undefined {
    const { accounts, group: ours } = this.setup;
    if (typeof owner === 'object') return new LaneNames(owner.lanes, accounts);
    // A process that makes a folder in our group has our destinations. One that adopts a folder may have others.
    return owner === 'damaged' && group === ours && !wasAdopted ? LaneNames.own : undefined;
  }

  /** A folder has our name now: without its mark it counts as owned. */
  async #moveIn(
    path: string,
    { origin, owner, wasClosed }: Orphan,
    names: LaneNames,
    found: Found,
  ): Promise<void> {
    const { files, group: ours } = this.setup;
    await unlessAbsent(files.remove(join(path, CLOSED_FILE)));
    this.#held.add(origin);
    await this.#sync(path);
    const isKnown = typeof owner === 'object';
    const group = isKnown ? owner.group : ours;
    found.taken.push({ path, origin, group, names, exact: isKnown && names.fit === 'all', wasClosed });
  }

  async #syncGroups(...groups: readonly string[]): Promise<void> {
    for (const group of new Set(groups)) await this.#sync(join(this.setup.directory, group));
  }

  /** Work does not depend on it: a rename that a power loss undoes is repeated. */
  async #sync(path: string): Promise<void> {
    await this.setup.files.syncFolder(path).catch(ignoreDiskError);
  }
}
