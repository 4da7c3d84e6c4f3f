import type { BufferSetup, LaneAccount } from '../../lib/buffer/event-buffer.js';
import { ManualClock } from './manual-clock.js';
import { aLog } from './spoken-log.js';

/** The setup of a buffer, with plain values for all members that a test does not set, and without a log. */
export function bufferSetup(members: Partial<BufferSetup> = {}): BufferSetup {
  const lanes = members.lanes ?? ['shop'];
  return {
    lanes,
    clock: new ManualClock(),
    accounts: Object.fromEntries(lanes.map((lane) => [lane, account(lane)])),
    maxKeyAgeMs: 86_400_000,
    log: aLog().log,
    deadLetters: { maxEvents: 1_000, maxBytes: 1_000_000_000 },
    admit: (_event, lane) => ({ lane }),
    onWork: () => undefined,
    onKey: () => undefined,
    onState: () => undefined,
    onDropped: () => undefined,
    onLost: () => undefined,
    ...members,
  };
}

function account(lane: string): LaneAccount {
  return { kind: 'test', host: `${lane}.example`, key: `key of ${lane}` };
}
