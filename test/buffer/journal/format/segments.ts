import { FrameBuilder } from '../../../../lib/buffer/journal/format/frame-builder.js';
import type { JournalRecord, ReadRecord } from '../../../../lib/buffer/journal/format/record.js';
import { scanSegment, type SegmentItem } from '../../../../lib/buffer/journal/format/segment-scan.js';

/** Reads a segment in pieces of a size, as from a disk. */
export function scan(segment: Buffer, piece = segment.length): SegmentItem[] {
  const items: SegmentItem[] = [];
  let held = Buffer.alloc(0);
  let base = 0;
  const take = (isEnd: boolean): void => {
    const { items: found, used } = scanSegment(held, base, isEnd);
    items.push(...found);
    held = held.subarray(used);
    base += used;
  };
  for (let at = 0; at < segment.length; at += piece) {
    held = Buffer.concat([held, segment.subarray(at, at + piece)]);
    take(false);
  }
  take(true);
  if (base !== segment.length) throw new Error(`stopped at ${base} of ${segment.length}`);
  return items;
}

/** The records of a scan. */
export function recordsOf(items: readonly SegmentItem[]): ReadRecord[] {
  return items.flatMap((one) => (one.is === 'record' ? [one.record] : []));
}

/** All but the records. */
export function troublesOf(items: readonly SegmentItem[]): SegmentItem[] {
  return items.filter(({ is }) => is !== 'record');
}

/** Records as a frame. */
export function frameOf(records: readonly JournalRecord[], again = false): Buffer {
  const builder = new FrameBuilder();
  for (const record of records) builder.add(record);
  return builder.take(again);
}

/** The id with this number. */
export function idFor(n: number): string {
  return `0198f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** An event's JSON. */
export function jsonFor(n: number, properties: Record<string, unknown> = {}): string {
  return JSON.stringify({ id: idFor(n), type: 'track', name: 'Order Completed', properties });
}
