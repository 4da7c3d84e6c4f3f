import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneAccount } from '../../lib/buffer/event-buffer.js';
import {
  encodeAcknowledgement,
  type Acknowledgement,
} from '../../lib/buffer/journal/format/acknowledgement.js';
import {
  encodeDeadLetter,
  type DeadLetterLine,
  type GoneLetterLine,
} from '../../lib/buffer/journal/format/dead-letter-line.js';
import { FrameBuilder } from '../../lib/buffer/journal/format/frame-builder.js';
import { encodeHistory, type HistoryCount } from '../../lib/buffer/journal/format/history-line.js';
import type { JournalRecord } from '../../lib/buffer/journal/format/record.js';
import { segmentName } from '../../lib/buffer/journal/format/file-names.js';
import { writeOwner } from '../../lib/buffer/journal/ownership/owner-file.js';
import { processIdentity } from '../../lib/buffer/journal/ownership/process-identity.js';
import type { EventJson } from '../../lib/event/event-json.js';

/** The time at which these journals begin. */
export const START = Date.UTC(2026, 10, 23, 15);
export const GROUP = '0123456789abcdef';

export const ACCOUNTS: Record<string, LaneAccount> = {
  kissmetrics: { kind: 'kissmetrics', host: 'trk.kissmetrics.io', key: 'k-digest' },
  webhook: { kind: 'webhook', host: 'example.com', key: 'w-digest' },
};

/** The id of the event with a number. */
export function idOf(n: number): string {
  return `019abcde-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

/** An order of a person, accepted the given number of seconds after the start. */
export function anEventJson(n: number, given: Partial<EventJson> = {}): EventJson {
  const time = new Date(START + n * 1_000).toISOString();
  return {
    id: idOf(n),
    type: 'track',
    name: 'Order Completed',
    timestamp: time,
    acceptedAt: time,
    userId: `user-${n}`,
    properties: { orderId: n, revenue: 12.5 },
    ...given,
  };
}

/** An event as a record that both destinations get. */
export function aRecord(
  seq: number,
  given: Partial<EventJson> = {},
  record: Partial<JournalRecord> = {},
): JournalRecord {
  const json = JSON.stringify(anEventJson(seq, given));
  return { seq, json, lanes: ['kissmetrics', 'webhook'], ...record };
}

interface FolderOptions {
  /** When it was created; distinguishes folders. */
  readonly startedAt?: number;
  readonly group?: string;
  readonly lanes?: Record<string, LaneAccount>;
  /** This process; a crashed one; one that shut down in order. */
  readonly owner?: 'alive' | 'dead' | 'closed';
}

/** Writes one folder of a journal, as its owner would. */
export class AFolder {
  readonly path: string;
  readonly owner: string;

  constructor(
    directory: string,
    { startedAt = START, group = GROUP, lanes = ACCOUNTS, owner = 'alive' }: FolderOptions = {},
  ) {
    const { self } = processIdentity();
    this.owner = `${startedAt.toString(36)}-${self.pid}-0000abcd`;
    this.path = join(directory, group, this.owner);
    for (const name of ['inbox', 'outbox']) mkdirSync(join(this.path, name), { recursive: true });
    const facts = {
      owner: this.owner,
      group,
      // The start of an earlier process with the same pid.
      process: owner === 'dead' ? { ...self, start: (self.start ?? 1) - 1 } : self,
      startedAt: new Date(startedAt).toISOString(),
      lanes,
      leaseMs: 10_000,
    };
    writeFileSync(join(this.path, 'owner.json'), writeOwner(facts));
    if (owner === 'closed') writeFileSync(join(this.path, 'closed'), '');
  }

  /** Appends a frame to a segment. Creates the segment if it does not exist. */
  frame(segment: string, records: readonly JournalRecord[], again = false): this {
    const builder = new FrameBuilder();
    for (const record of records) builder.add(record);
    return this.append(`${segment}.jsonl`, builder.take(again));
  }

  acks(segment: string, ...acknowledgements: readonly Acknowledgement[]): this {
    return this.append(`${segment}.acks`, acknowledgements.map(encodeAcknowledgement).join(''));
  }

  dead(...lines: readonly (DeadLetterLine | GoneLetterLine)[]): this {
    return this.append('dead.jsonl', lines.map(encodeDeadLetter).join(''));
  }

  history(...lines: readonly HistoryCount[]): this {
    return this.append('history.jsonl', lines.map(encodeHistory).join(''));
  }

  append(file: string, bytes: string | Uint8Array): this {
    appendFileSync(join(this.path, file), bytes);
    return this;
  }

  /** Sets the last heartbeat. */
  heartbeat(at: Date): this {
    utimesSync(join(this.path, 'owner.json'), at, at);
    return this;
  }
}

export const SEGMENT = segmentName(1, 0);

/** A directory that is removed at the end. */
export function aDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Acknowledges numbers in one lane. */
export function ack(
  lane: string,
  state: Acknowledgement['state'],
  seqs: Acknowledgement['seqs'],
  reason?: Acknowledgement['reason'],
): Acknowledgement {
  return { at: START + 60_000, lane, state, ...(reason !== undefined && { reason }), seqs };
}
