import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneAccount } from '../../../../lib/buffer/event-buffer.js';
import type { Files } from '../../../../lib/buffer/journal/files/files.js';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { Adoption, type Found } from '../../../../lib/buffer/journal/ownership/adoption.js';
import { groupOf } from '../../../../lib/buffer/journal/ownership/folder-names.js';
import { OwnerFolder } from '../../../../lib/buffer/journal/ownership/owner-folder.js';
import type {
  ProcessFacts,
  ProcessIdentity,
} from '../../../../lib/buffer/journal/ownership/process-identity.js';
import { ManualClock } from '../../../support/manual-clock.js';

export const LEASE_MS = 10_000;

export type Accounts = Record<string, LaneAccount>;

/** A lane of each name, with the default accounts of the tests. */
export function accountsOf(names: readonly string[], key = 'digest-of-a-key'): Accounts {
  return Object.fromEntries(names.map((name) => [name, { kind: name, host: `${name}.example`, key }]));
}

/** A process that opened a journal. */
export interface Neighbour {
  readonly folder: OwnerFolder;
  readonly adoption: Adoption;
  readonly group: string;
}

/** Several processes on one directory of a real file system. The test controls time and which processes live. */
export class Neighbourhood {
  readonly clock = new ManualClock();
  /** Pids that are proven to be gone. */
  readonly gone = new Set<number>();
  /** The machine's file system, with the test's time for heartbeats. */
  readonly files: Files = {
    ...nodeFiles,
    touch: (path) => fs.utimes(path, this.clock.now() / 1000, this.clock.now() / 1000),
  };
  #pids = 100;

  private constructor(readonly directory: string) {}

  static async make(): Promise<Neighbourhood> {
    return new Neighbourhood(join(await fs.mkdtemp(join(tmpdir(), 'ownership-')), 'tracking'));
  }

  async moveIn(accounts: Accounts, files = this.files): Promise<Neighbour> {
    const group = groupOf(undefined, accounts);
    const { directory, clock } = this;
    const setup = { files, clock, process: this.#process(), directory, group, accounts, leaseMs: LEASE_MS };
    const folder = await OwnerFolder.create(setup);
    return { folder, group, adoption: new Adoption({ ...setup, owner: folder.owner }) };
  }

  /** Ends a process in a way that others can prove. */
  kill({ folder }: Neighbour): void {
    this.gone.add(Number(folder.owner.split('-')[1]));
  }

  /** Lets time pass in steps: living processes send heartbeats, and one looks. Returns all that it found. */
  async watch(looker: Neighbour, ms: number, living: readonly Neighbour[] = []): Promise<Found> {
    const all: Found = { taken: [], foreign: [], unknown: [], denied: [] };
    const step = LEASE_MS / 4;
    for (let passed = 0; ; passed += step) {
      for (const { folder } of [looker, ...living]) await folder.heartbeat();
      const { taken, foreign, unknown, denied } = await looker.adoption.look();
      all.taken.push(...taken);
      all.unknown.push(...unknown);
      all.foreign.push(
        ...foreign.filter(({ origin }) => all.foreign.every((other) => other.origin !== origin)),
      );
      all.denied.push(...denied);
      if (passed >= ms) return all;
      this.clock.advance(step);
    }
  }

  async names(group: string): Promise<string[]> {
    return (await fs.readdir(join(this.directory, group))).sort();
  }

  async remove(): Promise<void> {
    await fs.rm(join(this.directory, '..'), { recursive: true, force: true });
  }

  #process(): ProcessIdentity {
    const self: ProcessFacts = { pid: ++this.#pids, host: 'host' };
    return { self, isGone: ({ pid }) => this.gone.has(pid) || undefined };
  }
}
