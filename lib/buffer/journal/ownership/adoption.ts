import { join } from 'node:path';
import type { StrandedReason } from '../../../event/stranded.js';
import type { FileFacts } from '../files/files.js';
import { codeOf, unlessAbsent } from './absence.js';
import { deniedOf, type Denied } from './denied.js';
import { isGroup } from './group.js';
import { LaneNames } from './lane-names.js';
import { Liveness, type LifeSign } from './liveness.js';
import { CLOSED_FILE, ownerOf, type OwnerFacts } from './owner-file.js';
import type { Residence } from './owner-folder.js';
import { adoptedName, parseFolderName } from './owner-id.js';
import { removeStillborn } from './stillborn.js';
import { checkFolder, checkPlace } from './trust.js';

/** A folder that we took over. */
export interface TakenFolder {
  readonly path: string;
  /** The owner who made it. */
  readonly origin: string;
  /** The group it was made in. */
  readonly group: string;
  /** What its lanes are called here. Only those that are ours may be sent. */
  readonly names: LaneNames;
  /** Whether all that can be in it is ours to send. */
  readonly exact: boolean;
  /** Whether it was left in order, and not by a death. */
  readonly wasClosed: boolean;
}

/** A folder that nobody owns and that we leave alone. */
export interface ForeignFolder {
  readonly path: string;
  readonly origin: string;
  /** What its lanes are called here; absent where the folder does not say, or may not be read. */
  readonly names?: LaneNames | undefined;
  /** Why none of it is delivered. Absent where each lane has a reason of its own: see `names.strangers`. */
  readonly reason?: Extract<StrandedReason, 'other_version' | 'unreadable'> | undefined;
}

/** What we did not write: left as it is. */
export interface UnknownContent {
  readonly path: string;
  readonly names: readonly string[];
}

/** What one look found. */
export interface Found {
  readonly taken: TakenFolder[];
  /** All that are there, at each look. */
  readonly foreign: ForeignFolder[];
  readonly unknown: UnknownContent[];
  /** All that cannot be used at the moment, whosever they are; at each look. */
  readonly denied: Denied[];
}

/** What one look has learnt so far. */
interface Look {
  /** Of the folders that their owners made, by path. */
  readonly signs: Map<string, Promise<LifeSign>>;
  readonly unowned: Map<string, number>;
  readonly unborn: Map<string, number>;
  readonly root: FileFacts;
  readonly found: Found;
}

/** A folder that nobody owns. */
interface Candidate {
  readonly path: string;
  /** The folder it is in, which is not the group it was made in where somebody has taken it over. */
  readonly group: string;
  readonly origin: string;
  readonly adopted: boolean;
  readonly owner: OwnerFacts | 'damaged' | 'newer';
  readonly closed: boolean;
  /** How long we have known that nobody owns it. */
  readonly unownedMs: number;
}

/** Leases after which a folder that is still not complete will never be. */
const UNBORN_LEASES = 10;

/**
 * Takes over what the dead left. Of several that want a folder exactly one gets it, because taking is renaming, and the
 * name says who has it.
 */
export class Adoption {
  readonly #liveness: Liveness;
  /** By path: since when nobody owns it, as far as we know. Monotonic. */
  #unowned = new Map<string, number>();
  /** By path: since when a folder waits to be born. Monotonic. */
  #unborn = new Map<string, number>();
  /** Origins that we have. */
  readonly #held = new Set<string>();
  /** Origins that we gave back, with how many of their lanes were not ours. */
  readonly #released = new Map<string, number>();
  #looking = false;
  /** Origins that were named as foreign. */
  readonly #named = new Set<string>();
  /** What was there at start is named at once; later another service may be restarting. */
  #isFirst = true;

  constructor(private readonly setup: Residence & { readonly owner: string }) {
    const { files, clock, process, leaseMs } = setup;
    this.#liveness = new Liveness(files, clock, process, leaseMs);
  }

  /**
   * Goes over every folder once, and takes what nobody owns and we may send. To be called a few times in each lease: what
   * is not proven to be dead must be seen standing still. Finds nothing while another look is under way. Rejects where the
   * directory cannot be read; what is wrong with one folder hides no other.
   */
  async look(): Promise<Found> {
    const found: Found = { taken: [], foreign: [], unknown: [], denied: [] };
    if (this.#looking) return found;
    this.#looking = true;
    try {
      await this.#lookInto(found);
    } finally {
      this.#looking = false;
    }
    this.#isFirst = false;
    return found;
  }

  /** Whether a folder that we took is still there under our name. Rejects where the disk does not say. */
  async holds(folder: TakenFolder): Promise<boolean> {
    return (await unlessAbsent(this.setup.files.facts(folder.path))) !== undefined;
  }

  /**
   * Gives a folder back, under the name that it was made with, to whoever can do more with it. We do not take it again.
   * Returns where it is then.
   */
  async release(folder: TakenFolder): Promise<string> {
    const { files, directory, group: ours, clock } = this.setup;
    const home = join(directory, folder.group);
    // Before the rename: without the mark its maker, if it was only paused, would find its folder as if nothing had been.
    const text = `${new Date(clock.now()).toISOString()}\n`;
    const marked = await unlessAbsent(files.writeText(join(folder.path, CLOSED_FILE), text).then(() => true));
    if (marked === true) {
      await files.makeFolder(home);
      await unlessAbsent(files.rename(folder.path, join(home, folder.origin)));
      await settled(files.syncFolder(home));
      if (folder.group !== ours) await settled(files.syncFolder(join(directory, ours)));
    }
    this.#released.set(folder.origin, folder.names.strangers.size);
    this.#held.delete(folder.origin);
    return join(home, folder.origin);
  }

  async #lookInto(found: Found): Promise<void> {
    const { files, directory } = this.setup;
    const root = await checkPlace(files, directory);
    if (root === undefined) return;
    const look: Look = { signs: new Map(), unowned: new Map(), unborn: new Map(), root, found };
    for (const group of ((await unlessAbsent(files.list(directory))) ?? []).filter(isGroup)) {
      for (const name of await this.#names(group, found)) {
        try {
          await this.#consider(group, name, look);
        } catch (error) {
          // The next look tries again.
          await this.#deny(join(directory, group, name), error, found);
        }
      }
    }
    this.#unowned = look.unowned;
    this.#unborn = look.unborn;
    this.#liveness.forgetOthers();
  }

  async #names(group: string, found: Found): Promise<readonly string[]> {
    const { files, directory } = this.setup;
    const path = join(directory, group);
    try {
      await checkPlace(files, path);
      return await files.list(path);
    } catch (error) {
      await this.#deny(path, error, found);
      return [];
    }
  }

  async #deny(path: string, error: unknown, found: Found): Promise<void> {
    const denied = await deniedOf(this.setup.files, path, error);
    if (denied !== undefined && !found.denied.some((known) => known.path === denied.path))
      found.denied.push(denied);
  }

  async #consider(group: string, name: string, look: Look): Promise<void> {
    const { clock, directory, owner: me } = this.setup;
    const path = join(directory, group, name);
    const parsed = parseFolderName(name);
    if (parsed?.state === 'unborn') return this.#considerUnborn(path, look);
    if (parsed === undefined) {
      look.found.unknown.push({ path: join(directory, group), names: [name] });
      return;
    }
    const { owner: holder, origin = holder } = parsed;
    const isOurs = origin === me || this.#held.has(origin) || this.#released.has(origin);
    if (holder === me && isOurs) return;
    if ((await checkFolder(this.setup.files, path, look.root)) === undefined) return;
    if (holder === me) {
      // Renamed, and then the disk failed before we knew: nobody but us can go on with it.
      const maker = await this.#makerOf(path);
      if (typeof maker === 'object') await this.#moveIn(path, origin, maker, false, look.found);
      else look.found.foreign.push({ path, origin, reason: 'unreadable' });
      return;
    }
    if (origin !== holder) await checkFolder(this.setup.files, join(directory, group, holder), look.root);
    const sign = await this.#signOf(join(directory, group, holder), look);
    const adopted = origin !== holder;
    if (sign.state === 'owned' || (sign.state === 'absent' && !adopted)) return;
    const now = clock.monotonic();
    const since = this.#unowned.get(path) ?? now;
    look.unowned.set(path, since);
    const { closed } = sign;
    const owner = await this.#makerOf(path);
    const candidate = { path, group, origin, adopted, owner, closed, unownedMs: now - since };
    await this.#decide(candidate, look.found);
  }

  async #makerOf(path: string): Promise<OwnerFacts | 'damaged' | 'newer'> {
    return (await ownerOf(this.setup.files, path)) ?? 'damaged';
  }

  /** The folder of one who took over others is asked once for all of them. */
  #signOf(path: string, look: Look): Promise<LifeSign> {
    let sign = look.signs.get(path);
    if (sign === undefined) look.signs.set(path, (sign = this.#liveness.of(path)));
    return sign;
  }

  /** One that is not complete: leaves it to its maker, unless the maker died. */
  async #considerUnborn(path: string, look: Look): Promise<void> {
    const { files, clock, process, leaseMs } = this.setup;
    const now = clock.monotonic();
    const since = this.#unborn.get(path) ?? now;
    look.unborn.set(path, since);
    const owner = await this.#makerOf(path);
    const dead = typeof owner === 'object' && process.isGone(owner.process) === true;
    if (!dead && now - since < UNBORN_LEASES * leaseMs) return;
    const names = await removeStillborn(files, path);
    if (names.length > 0) look.found.unknown.push({ path, names });
  }

  /** Nobody owns it: takes it, names it, or lets it wait. */
  async #decide(candidate: Candidate, found: Found): Promise<void> {
    const { leaseMs } = this.setup;
    const { path, origin, owner, unownedMs } = candidate;
    const names = this.#namesOf(candidate);
    if (names === undefined) {
      const reason = owner === 'newer' ? 'other_version' : 'unreadable';
      if (owner === 'newer' || unownedMs >= leaseMs) found.foreign.push({ path, origin, reason });
      return;
    }
    // More of it may be ours now: its events were released to one of our accounts.
    if ((this.#released.get(origin) ?? Infinity) <= names.strangers.size) {
      found.foreign.push({ path, origin, names });
      return;
    }
    if (names.fit === 'none') {
      const changed = [...names.strangers.values()].some(({ reason }) => reason === 'account_changed');
      if (unownedMs >= leaseMs || (changed && this.#isFirst)) this.#named.add(origin);
      if (this.#named.has(origin)) found.foreign.push({ path, origin, names });
      return;
    }
    // Who can send all of it goes first.
    if (names.fit === 'some' && unownedMs < leaseMs) return;
    const { files, directory, group, owner: me } = this.setup;
    const target = join(directory, group, adoptedName(me, origin));
    try {
      await files.rename(path, target);
    } catch (error) {
      const code = codeOf(error);
      // On some systems also what somebody has open for a moment.
      if ((code === 'EACCES' || code === 'EPERM' || code === 'EROFS') && unownedMs >= leaseMs)
        found.foreign.push({ path, origin, names, reason: 'unreadable' });
      return;
    }
    if (candidate.group !== group) await settled(files.syncFolder(join(directory, candidate.group)));
    await settled(files.syncFolder(join(directory, group)));
    await this.#moveIn(target, origin, owner, candidate.closed, found);
  }

  /** Undefined where the folder does not say whose it is. */
  #namesOf({ owner, group, adopted }: Candidate): LaneNames | undefined {
    const { accounts, group: ours } = this.setup;
    if (typeof owner === 'object') return new LaneNames(owner.lanes, accounts);
    // Whoever makes a folder in our group has the same destinations; whoever takes one over may have others.
    return owner === 'damaged' && group === ours && !adopted ? LaneNames.own : undefined;
  }

  /** A folder has our name: makes it look owned. */
  async #moveIn(
    path: string,
    origin: string,
    owner: Candidate['owner'],
    wasClosed: boolean,
    found: Found,
  ): Promise<void> {
    const { files, accounts, group } = this.setup;
    await unlessAbsent(files.remove(join(path, CLOSED_FILE)));
    this.#held.add(origin);
    await settled(files.syncFolder(path));
    const isKnown = typeof owner === 'object';
    const names = isKnown ? new LaneNames(owner.lanes, accounts) : LaneNames.own;
    const exact = isKnown && names.fit === 'all';
    found.taken.push({ path, origin, group: isKnown ? owner.group : group, names, exact, wasClosed });
  }
}

/** What is not on the disk yet will be, or is done again after a loss of power: nothing depends on it. */
async function settled(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch {
    // As above.
  }
}
