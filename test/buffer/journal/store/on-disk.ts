import {
  historyOf as historyLine,
  type HistoryCount,
} from '../../../../lib/buffer/journal/format/history-line.js';
import { parseSegmentName, type SegmentName } from '../../../../lib/buffer/journal/format/file-names.js';
import { scanSegment } from '../../../../lib/buffer/journal/format/segment-scan.js';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { anEvent } from '../../../support/an-event.js';
import { readLines } from '../../../support/checked-lines.js';
import type { Operation } from '../../../support/faulty-files.js';
import type { Application, Desk } from '../commands/desk.js';

/** So small that a few events fill it. */
export const SEGMENT_BYTES = 4_000;
export const SEGMENT = /\/\d{16}-\d+\.jsonl$/;

/** The size of an event, if it does not matter. */
const SIZE = 300;

/** Events with a number each. */
export function numbered(count: number, from = 0, lanes: readonly string[] = ['shop']): TrackingEvent[] {
  return Array.from({ length: count }, (_, n) => anEvent({ properties: { n: from + n }, lanes }));
}

export const numberOf = ({ event }: { readonly event: TrackingEvent }): number =>
  event.properties['n'] as number;

/** From 0. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Offers an event; returns the lanes that rejected it. */
export function offer({ buffer }: Application, event: TrackingEvent, size = SIZE): readonly string[] {
  const routes = event.lanes.map((lane) => ({ lane }));
  return buffer.offer(event, size, routes)?.lanes ?? [];
}

/** Accepts events in groups of a few, so that they are spread over segments. */
export async function acceptInGroups(
  desk: Desk,
  application: Application,
  events: readonly TrackingEvent[],
): Promise<void> {
  for (let at = 0; at < events.length; at += 5) await desk.accept(application, ...events.slice(at, at + 5));
}

export function segmentsOf(desk: Desk): string[] {
  return [...desk.contents().keys()].filter((path) => SEGMENT.test(path));
}

/** A segment's name, and the numbers of its events. */
export function readSegment(desk: Desk, path: string): { name: SegmentName; seqs: number[] } {
  const { items } = scanSegment(Buffer.from(desk.files.bytes(path)), 0, true);
  const seqs = items.flatMap((item) => (item.is === 'record' ? [item.record.seq] : []));
  return { name: parseSegmentName(path.slice(path.lastIndexOf('/') + 1))!, seqs };
}

/** The counts of all histories. */
export function historyOf(desk: Desk): HistoryCount[] {
  return [...desk.contents()]
    .filter(([path]) => path.endsWith('/history.jsonl'))
    .flatMap(([, text]) => readLines(text, historyLine).lines)
    .flatMap((line) => ('keys' in line ? [] : [line]));
}

export const sumOf = (counts: readonly HistoryCount[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

/** Operations of one kind on files with this ending. */
export const on =
  (kind: Operation['kind'], ending: string | RegExp): ((operation: Operation) => boolean) =>
  (operation) =>
    operation.kind === kind &&
    (typeof ending === 'string' ? operation.path.endsWith(ending) : ending.test(operation.path));
