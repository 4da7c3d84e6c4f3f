import type { Reason } from '../../../event/reasons.js';
import type { BufferSetup, Settlement, Waiting } from '../../event-buffer.js';
import { journalMessages } from '../journal.messages.js';
import type { DamagedLines } from './damaged-lines.js';
import type { DeadLetters } from './dead-letters.js';
import type { JournalSlot } from './journal-slot.js';
import type { Segment } from './segment.js';

/** Passes reports of lanes to the dead letters, the log and the delivery. */
export class LaneReports {
  constructor(
    private readonly setup: BufferSetup,
    private readonly letters: DeadLetters,
    private readonly damaged: DamagedLines,
  ) {}

  /** The lane has work. `added` of its events are new. */
  onWork(lane: string, unleased: Waiting, added: number): void {
    this.setup.onWork(lane, unleased, added);
  }

  /** The letter is on disk before the event counts as settled. */
  onDead(
    lane: string,
    slot: JournalSlot,
    { reason, attempts, answer }: Settlement & { state: 'dead' },
  ): void {
    const { event, seq, home, entry } = slot;
    const letter = { event, lane, reason, attempts, entry, ...(answer !== undefined && { answer }) };
    this.letters.add(letter, seq, home.segment?.folder, (outcome) => home.settle(lane, seq, outcome));
  }

  onDropped(lane: string, slot: JournalSlot, reason: Reason): void {
    this.setup.onDropped(slot, lane, reason, !slot.shared);
  }

  /** @param segment of the events; absent if the caller logs the loss */
  onLost(lane: string, reason: Reason, events: number, segment?: Segment): void {
    this.setup.onLost(lane, reason, events);
    if (segment === undefined || this.damaged.isKnown(segment)) return;
    this.setup.log.limited('error', `lost ${lane}`, () => journalMessages.lost(lane, events, segment.path));
  }
}
