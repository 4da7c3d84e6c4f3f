import { expect } from '@jest/globals';
import type { BufferSetup, Lease, StoredEvent } from '../../../../lib/buffer/event-buffer.js';
import type { Files } from '../../../../lib/buffer/journal/files/files.js';
import { oneAtATime } from '../../../../lib/buffer/journal/files/one-at-a-time.js';
import { JournalBuffer } from '../../../../lib/buffer/journal/journal-buffer.js';
import {
  type JournalOptions,
  resolveJournalOptions,
} from '../../../../lib/buffer/journal/options/journal-options.js';
import type {
  Command,
  CommandKind,
  CommandResult,
} from '../../../../lib/buffer/journal/ownership/command.js';
import { answerPath, commandPath } from '../../../../lib/buffer/journal/ownership/command.js';
import type { ProcessIdentity } from '../../../../lib/buffer/journal/ownership/process-identity.js';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { bufferSetup } from '../../../support/buffer-setup.js';
import { FaultyFiles } from '../../../support/faulty-files.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { aLog } from '../../../support/spoken-log.js';
import { Machine } from '../model/open-journal.js';

export const DIRECTORY = '/var/tracking';
const LIMITS = { maxEvents: 1_000, maxBytes: 10_000_000 };
const STEP_MS = 10;
const MAX_STEPS = 20_000;

/** An application with a journal, and a user who gives it commands. */
export interface Application {
  readonly buffer: JournalBuffer;
  readonly process: ProcessIdentity;
  readonly files: FaultyFiles;
}

/** A disk, the time, and the applications and commands on them. */
export class Desk {
  readonly clock = new ManualClock();
  files = new FaultyFiles({ clock: this.clock, auto: true });
  readonly machine = new Machine();
  readonly dropped: { id: string; lane: string; reason: string }[] = [];
  readonly lost: { lane: string; reason: string; events: number }[] = [];
  /** Ids of people that its applications were told to forget. */
  readonly erased: (readonly string[] | undefined)[] = [];
  readonly keys: { id: string; at: number }[] = [];
  /** The logs of its applications. */
  readonly spoken = aLog();

  constructor(private readonly lanes: readonly string[] = ['shop', 'hook']) {}

  async open(
    lanes = this.lanes,
    options: Partial<JournalOptions> = {},
    admit?: BufferSetup['admit'],
  ): Promise<Application> {
    const process = this.machine.start();
    const setup = bufferSetup({
      lanes,
      clock: this.clock,
      namespace: 'desk',
      log: this.spoken.log,
      accounts: Object.fromEntries(
        lanes.map((lane) => [lane, { kind: 'test', host: `${lane}.example`, key: `key of ${lane}` }]),
      ),
      ...(admit !== undefined && { admit }),
      onKey: (id, at) => this.keys.push({ id, at }),
      onErased: (ids) => this.erased.push(ids),
      onLost: (lane, reason, events) => this.lost.push({ lane, reason, events }),
      onDropped: ({ event: { id } }, lane, reason) => this.dropped.push({ id, lane, reason }),
    });
    const all = resolveJournalOptions({ directory: DIRECTORY, ...options });
    const buffer = new JournalBuffer(all, setup, oneAtATime(this.files), process);
    await this.until(buffer.opened());
    return { buffer, process, files: this.files };
  }

  /** Kills an application. */
  kill({ process, files }: Application): void {
    this.machine.end(process.self);
    this.files = files.crash();
  }

  async close({ buffer, process }: Application): Promise<void> {
    await this.until(buffer.close());
    this.machine.end(process.self);
  }

  async accept({ buffer }: Application, ...events: TrackingEvent[]): Promise<void> {
    for (const event of events) {
      expect(
        buffer.offer(
          event,
          300,
          event.lanes.map((lane) => ({ lane })),
        ),
      ).toBeUndefined();
    }
    expect(await this.until(buffer.commit())).toBe('committed');
  }

  /** Leases all pending events of a lane. */
  async lease({ buffer }: Application, lane: string): Promise<Lease | undefined> {
    for (let tries = 0; tries < 20; tries++) {
      const lease = buffer.lease(lane, LIMITS);
      if (lease !== undefined) return lease;
      await this.turns(5);
    }
    return undefined;
  }

  /** Delivers all pending events of a lane, and returns them. */
  async deliver(application: Application, lane: string): Promise<StoredEvent[]> {
    const sent: StoredEvent[] = [];
    for (;;) {
      const lease = await this.lease(application, lane);
      if (lease === undefined) return sent;
      application.buffer.settle(lane, lease.token, lease.events, { state: 'delivered' });
      sent.push(...lease.events);
    }
  }

  /** Makes all pending events of a lane dead letters. */
  async bury(application: Application, lane: string): Promise<void> {
    const lease = (await this.lease(application, lane))!;
    const death = { state: 'dead', reason: 'refused', attempts: 3, answer: 'no' } as const;
    application.buffer.settle(lane, lease.token, lease.events, death);
    await this.turns(20);
  }

  command(kind: CommandKind, payload: unknown, id = `${kind.replace('.', '-')}-1`): Command {
    return { id, kind, at: new Date(this.clock.now()).toISOString(), payload };
  }

  /** Puts a command into the inbox of an application. */
  async give({ buffer }: Application, command: Command): Promise<string> {
    const folder = buffer.journal().folder!;
    await this.until(this.files.writeText(commandPath(folder, command.id), JSON.stringify(command)));
    return folder;
  }

  /** Gives a command. Resolves to its result. */
  async ask(application: Application, command: Command): Promise<CommandResult> {
    const folder = await this.give(application, command);
    return this.answer(folder, command.id);
  }

  async answer(folder: string, id: string): Promise<CommandResult> {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      await this.turns(1);
      if (!this.names(`${folder}/outbox`).includes(`${id}.json`)) continue;
      const answer = JSON.parse(this.files.text(answerPath(folder, id))) as CommandResult;
      if (!answer.done) continue;
      await this.turns(5);
      return answer;
    }
    throw new Error(`no answer to ${id}`);
  }

  /** Lets time pass until a promise is settled. */
  async until<T>(happening: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    happening.then(end, end);
    for (let steps = 0; !ended; steps++) {
      if (steps > MAX_STEPS) throw new Error('it never happened');
      await this.turns(1);
    }
    return happening;
  }

  /** Lets time pass until a condition holds. */
  async when(holds: () => boolean): Promise<void> {
    for (let steps = 0; !holds(); steps++) {
      if (steps > MAX_STEPS) throw new Error('it never was so');
      await this.turns(1);
    }
  }

  async turns(count: number, stepMs = STEP_MS): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(stepMs);
    }
  }

  /** The names in a folder; none if it does not exist. */
  names(path: string): readonly string[] {
    try {
      return this.files.disk.list(path);
    } catch {
      return [];
    }
  }

  /** All files below a folder, with their content. */
  contents(path = DIRECTORY): Map<string, string> {
    const found = new Map<string, string>();
    for (const name of this.names(path)) {
      const below = `${path}/${name}`;
      if (this.names(below).length > 0)
        for (const [file, text] of this.contents(below)) found.set(file, text);
      else {
        try {
          found.set(below, this.files.text(below));
        } catch {
          // An empty folder.
        }
      }
    }
    return found;
  }

  /** Files that contain a text. */
  grep(text: string): string[] {
    return [...this.contents()].flatMap(([file, content]) => (content.includes(text) ? [file] : []));
  }
}

/** Every event of a lane is counted. */
export function expectBalanced({ buffer }: Application, lanes: readonly string[] = ['shop', 'hook']): void {
  for (const lane of lanes) {
    const ledger = buffer.ledger(lane);
    const dropped = Object.values(ledger.dropped).reduce((sum, count) => sum + count, 0);
    const came = ledger.accepted + ledger.recovered + ledger.adopted + ledger.replayed;
    const are = ledger.delivered + ledger.pending + ledger.dead + dropped + ledger.handedOver;
    expect({ lane, came }).toEqual({ lane, came: are });
  }
}

export type { Files };
