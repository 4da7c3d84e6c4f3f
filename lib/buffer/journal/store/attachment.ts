import type { BufferSetup } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { journalMessages } from '../journal.messages.js';
import { codeOf } from '../ownership/absence.js';
import type { LaneNames } from '../ownership/lane-names.js';
import type { DamagedLines } from './damaged-lines.js';
import type { DeadLetters } from './dead-letters.js';
import type { Histories } from './histories.js';
import type { JournalFolder } from './journal-folder.js';
import type { JournalLane } from './journal-lane.js';
import { recover } from './recovery.js';
import type { FoundPart } from './recovery.js';
import type { Segment } from './segment.js';

/** What an attachment works with. */
export interface AttachmentSetup {
  readonly files: Files;
  readonly setup: BufferSetup;
  readonly lanes: ReadonlyMap<string, JournalLane>;
  readonly letters: DeadLetters;
  readonly damaged: DamagedLines;
  readonly onEnd: (segment: Segment) => void;
  readonly readOn: (lane: JournalLane) => void;
  readonly histories: Histories;
}

/** Gives the lanes what earlier lives left in a folder that we took over. */
export class Attachment {
  #reading = 0;
  #stopped = false;
  /** By lane: events that were accepted with other credentials or under another name, and the log was not told of. */
  readonly #inherited = new Map<string, { events: number; readonly change: 'credentials' | 'name' }>();

  constructor(private readonly parts: AttachmentSetup) {}

  /** Whether a folder is being read. */
  get isReading(): boolean {
    return this.#reading > 0;
  }

  /** What is being read ends after its segment. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads a folder; its events are at work as soon as their segment is read. Never rejects. */
  async read(folder: JournalFolder, as: 'recovered' | 'adopted'): Promise<void> {
    const { files, setup, letters, damaged, onEnd } = this.parts;
    this.#reading++;
    folder.isBusy = true;
    try {
      // What cannot be read of these keeps no event from being sent.
      await this.#readLetters(folder, as).catch((error: unknown) => {
        // They are not ours to remove with their folder.
        folder.isUnreadable = true;
        this.#unreadable(folder.path, error);
      });
      await this.#readKeys(folder).catch((error: unknown) => this.#unreadable(folder.path, error));
      await recover(folder, {
        files,
        onEnd,
        letterEnd: (lane, seq) => letters.endOf(folder, lane, seq),
        isStopped: () => this.#stopped,
        onKey: (id, at) => setup.onKey(id, at),
        onDamaged: (segment, offset, bytes, text) => damaged.add(segment, offset, bytes, text),
        onMissing: (segment, events) => damaged.addMissing(segment, events),
        wasDeleted: ({ folder: of }, after, before) => this.parts.histories.mayHave(of, after, before),
        onTorn: ({ path }, bytes) =>
          setup.log.warnOnce('torn', path, () => journalMessages.torn(path, bytes)),
        onFound: (segment, parts) => this.#found(segment, parts, as, folder.names),
        onUnknown: (names) => (folder.unknown = names),
        onUnreadable: (path, error) => this.#unreadable(path, error),
      });
    } catch (error) {
      folder.isUnreadable = true;
      this.#unreadable(folder.path, error);
    } finally {
      folder.isBusy = false;
      this.#reading--;
    }
  }

  /** Says what is delivered in spite of a change. */
  tell(): void {
    for (const [lane, { events, change }] of this.#inherited) {
      this.parts.setup.log.info(journalMessages.inherited(lane, events, change));
    }
    this.#inherited.clear();
  }

  #found(
    segment: Segment,
    parts: ReadonlyMap<string, FoundPart>,
    as: 'recovered' | 'adopted',
    { changed }: LaneNames,
  ): void {
    const { lanes, readOn } = this.parts;
    for (const [name, { events, bytes }] of parts) {
      const lane = lanes.get(name);
      if (lane === undefined) {
        segment.orphans.set(name, events);
        continue;
      }
      const change = changed.get(name);
      if (change !== undefined) {
        const known = this.#inherited.get(name);
        if (known === undefined) this.#inherited.set(name, { events, change });
        else known.events += events;
      }
      segment.expect(name, events);
      lane.pending += events;
      lane.ledger[as] += events;
      lane.addStretch({ home: segment, from: 0, to: segment.bytes, events, bytes, position: 0 });
      readOn(lane);
    }
  }

  async #readLetters(folder: JournalFolder, as: 'recovered' | 'adopted'): Promise<void> {
    const { letters, lanes } = this.parts;
    const found = await letters.load(folder);
    const ours = found.filter(({ lane }) => lanes.has(lane));
    if (ours.length < found.length) letters.leave(folder);
    for (const { lane } of ours) lanes.get(lane)!.ledger[as]++;
    letters.keep(ours);
  }

  async #readKeys(folder: JournalFolder): Promise<void> {
    const { histories, setup } = this.parts;
    await histories.keys(folder, (id, at) => setup.onKey(id, at));
  }

  #unreadable(path: string, error: unknown): void {
    const { log } = this.parts.setup;
    log.warnOnce('unreadable', path, () => journalMessages.unreadable(path, codeOf(error) ?? 'ERROR'));
  }
}
