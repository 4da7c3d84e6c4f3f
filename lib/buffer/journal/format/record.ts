import { byDestination, type BrowserIds, type BrowserIdsByDestination } from '../../../event/browser-ids.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { Route } from '../../event-buffer.js';

/** Entries of an event by lane; also of lanes that must never get it. */
export type LaneEntries = Readonly<Record<string, LaneEntry>>;

/** One event in a segment; see docs/journal-format.md. */
export interface JournalRecord {
  /** Unique in a folder, in the order of acceptance, from 1. */
  readonly seq: number;
  /** The event's JSON (`EventJson`), the id first. */
  readonly json: string;
  /** The lanes that it was accepted for. */
  readonly lanes: readonly string[];
  readonly entries?: LaneEntries | undefined;
  /** The command that sends it again; see {@link replayMark}. */
  readonly replay?: string | undefined;
}

/**
 * The name of the entries within `notes`, which is no lane's name. Earlier versions had the lanes' notes there, and reject a line
 * with any other member.
 */
export const ENTRIES = '';

/** The entries to write, also of lanes that must never get the event; undefined if there are none. */
export function entriesOf(routes: readonly Route[], withheld: readonly Route[]): LaneEntries | undefined {
  let entries: Record<string, LaneEntry> | undefined;
  for (const each of [routes, withheld]) {
    for (const { lane, entry } of each) {
      if (entry !== undefined) (entries ??= {})[lane] = entry;
    }
  }
  return entries;
}

/** Their browser ids by lane; undefined if there are none. */
export function browserIdsIn(entries: LaneEntries | undefined): BrowserIdsByDestination | undefined {
  if (entries === undefined) return undefined;
  return byDestination(
    Object.entries(entries).flatMap(([lane, { browser }]): [string, BrowserIds][] =>
      browser === undefined ? [] : [[lane, browser]],
    ),
  );
}

const NONE: readonly Route[] = [];

/** Lanes that must never get an event. */
export function withheldIn({ entries }: Pick<JournalRecord, 'entries'>): readonly Route[] {
  if (entries === undefined) return NONE;
  const withheld = Object.entries(entries).filter(([, entry]) => entry.withheld !== undefined);
  return withheld.length === 0 ? NONE : withheld.map(([lane, entry]) => ({ lane, entry }));
}

/** Appended to the command's id in the record of an event that was a dead letter in all its lanes. No id has a colon. */
const WAS_DEAD = ':dead';

/** The mark in the record of an event that a command sends again. */
export function replayMark(command: string, wasDead: boolean): string {
  return wasDead ? command + WAS_DEAD : command;
}

/** The id of the command in a mark. */
export function commandIn(mark: string): string {
  return wasDead(mark) ? mark.slice(0, -WAS_DEAD.length) : mark;
}

/** Whether an event was a dead letter before it was sent again. */
export function wasDead(mark: string | undefined): boolean {
  return mark?.endsWith(WAS_DEAD) === true;
}

/** A record that was read, with its position. Its checksum was correct. */
export interface ReadRecord extends JournalRecord {
  /** Of the line, from the start of its segment. */
  readonly offset: number;
  /** Of the line, with its line feed. */
  readonly bytes: number;
  /** The event's id, without reading the event. */
  readonly id: string;
  /** Is in a frame that was rewritten after an I/O error. */
  readonly again: boolean;
}
