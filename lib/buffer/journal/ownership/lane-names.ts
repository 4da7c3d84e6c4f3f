import {
  accountLabel,
  destinationOf,
  hasSameCredentials,
  strandedReason,
  type Accounts,
} from './accounts.js';
import type { StrandedReason } from '../../../event/stranded.js';
import type { LaneAccount } from '../../event-buffer.js';

export interface Stranger {
  /** The destination's name in the folder. */
  readonly destination: string;
  readonly account: LaneAccount;
  readonly reason: StrandedReason;
}

/**
 * Maps the lanes of a folder to our destinations by account, because a destination may have been renamed. Names on disk do not
 * change; memory uses ours. The name of a lane that is not ours contains its account, so that no destination can have it.
 */
export class LaneNames {
  /** For our own folder. */
  static readonly own = new LaneNames({}, {});

  /** By their name here. */
  readonly strangers = new Map<string, Stranger>();
  /** Our destinations that deliver events accepted with other credentials, or under another name. */
  readonly changed = new Map<string, 'credentials' | 'name'>();
  readonly #here = new Map<string, string>();
  readonly #onDisk = new Map<string, string[]>();
  readonly #lists = new WeakMap<readonly string[], readonly string[]>();
  readonly #isSame: boolean;

  constructor(theirs: Accounts, ours: Accounts) {
    for (const [name, account] of Object.entries(theirs)) {
      const own = destinationOf(name, account, ours);
      if (own === undefined) continue;
      this.#add(name, own);
      if (!hasSameCredentials(account, ours[own]!)) this.changed.set(own, 'credentials');
      else if (name !== own && !this.changed.has(own)) this.changed.set(own, 'name');
    }
    const isOurs = this.#here.size > 0;
    for (const [destination, account] of Object.entries(theirs)) {
      if (this.#here.has(destination)) continue;
      const here = `${destination} (${accountLabel(account)})`;
      const reason = strandedReason(destination, ours, isOurs);
      this.strangers.set(here, { destination, account, reason });
      this.#add(destination, here);
    }
    this.#isSame = [...this.#here].every(([onDisk, here]) => onDisk === here);
  }

  /** How many of the lanes are ours. */
  get fit(): 'all' | 'some' | 'none' {
    if (this.strangers.size === 0) return 'all';
    return this.strangers.size < this.#here.size ? 'some' : 'none';
  }

  /** The name of a lane in this process. */
  here(onDisk: string): string {
    return this.#here.get(onDisk) ?? onDisk;
  }

  /** The names of a lane in the folder: several where several destinations were one account. */
  onDisk(here: string): readonly string[] {
    return this.#onDisk.get(here) ?? [here];
  }

  /**
   * The name whose outcome counts for a lane of a record. If several destinations of the folder are one account here, each may have
   * got the event. Then the one with our name decides.
   */
  nameOf(onDisk: readonly string[], here: string): string {
    const names = this.onDisk(here);
    return names.length === 1 ? names[0]! : (names.find((name) => onDisk.includes(name)) ?? here);
  }

  /** Whether a lane of a record is several in the folder. */
  isMerged(onDisk: readonly string[], here: string): boolean {
    const names = this.onDisk(here);
    return names.length > 1 && names.filter((name) => onDisk.includes(name)).length > 1;
  }

  /** The lanes of a record, each once. The same list for the same list. */
  lanesOf(onDisk: readonly string[]): readonly string[] {
    if (this.#isSame) return onDisk;
    let lanes = this.#lists.get(onDisk);
    if (lanes === undefined) {
      lanes = Object.freeze([...new Set(onDisk.map((name) => this.here(name)))]);
      this.#lists.set(onDisk, lanes);
    }
    return lanes;
  }

  /** A record with its lanes and entries under the names of this process. */
  recordOf<T extends { lanes: readonly string[]; entries?: Readonly<Record<string, unknown>> | undefined }>(
    record: T,
  ): T {
    if (this.#isSame) return record;
    const lanes = this.lanesOf(record.lanes);
    return { ...record, lanes, entries: record.entries && this.#entriesOf(record.lanes, record.entries) };
  }

  /** Lines of a log with the lane names of the folder. */
  toDisk<T extends { readonly lane: string }>(lines: readonly T[]): readonly T[] {
    if (this.#isSame) return lines;
    return lines.flatMap((line) => this.onDisk(line.lane).map((lane) => ({ ...line, lane })));
  }

  /** Of several lanes that became one, the one whose state counts; see {@link nameOf}. */
  #entriesOf<E>(onDisk: readonly string[], entries: Readonly<Record<string, E>>): Record<string, E> {
    const named = Object.keys(entries).map((name) => this.here(name));
    return Object.fromEntries(
      [...new Set(named)].flatMap((here) => {
        const names = this.onDisk(here);
        const name =
          names.find((one) => onDisk.includes(one)) ?? names.find((one) => Object.hasOwn(entries, one));
        return name !== undefined && Object.hasOwn(entries, name) ? [[here, entries[name]!]] : [];
      }),
    );
  }

  #add(onDisk: string, here: string): void {
    this.#here.set(onDisk, here);
    const names = this.#onDisk.get(here);
    if (names === undefined) this.#onDisk.set(here, [onDisk]);
    else if (onDisk === here) names.unshift(onDisk);
    else names.push(onDisk);
  }
}
