import { FrameBuilder } from '../../../../lib/buffer/journal/format/frame-builder.js';
import type { JournalRecord, ReadRecord } from '../../../../lib/buffer/journal/format/record.js';
import { scanSegment } from '../../../../lib/buffer/journal/format/segment-scan.js';

/** An item of a scan. */
export type Item =
  | { readonly what: 'record'; readonly record: ReadRecord }
  | { readonly what: 'erased'; readonly seq: number; readonly offset: number; readonly bytes: number }
  | { readonly what: 'damaged'; readonly offset: number; readonly bytes: number; readonly text: string }
  | { readonly what: 'missing'; readonly lines: number; readonly offset: number }
  | { readonly what: 'torn'; readonly offset: number; readonly bytes: number; readonly lines: number };

/** Reads a segment in pieces of a size, as from a disk. */
export function scan(segment: Buffer, piece = segment.length): Item[] {
  const items: Item[] = [];
  let held = Buffer.alloc(0);
  let base = 0;
  const take = (isEnd: boolean): void => {
    const used = scanSegment(held, base, isEnd, {
      record: (record) => items.push({ what: 'record', record }),
      erased: (seq, offset, bytes) => items.push({ what: 'erased', seq, offset, bytes }),
      damaged: (offset, bytes, text) =>
        items.push({ what: 'damaged', offset, bytes, text: Buffer.from(text).toString('latin1') }),
      missing: (lines, offset) => items.push({ what: 'missing', lines, offset }),
      torn: (offset, bytes, lines) => items.push({ what: 'torn', offset, bytes, lines }),
    });
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
export function recordsOf(items: readonly Item[]): ReadRecord[] {
  return items.flatMap((one) => (one.what === 'record' ? [one.record] : []));
}

/** All but the records. */
export function troublesOf(items: readonly Item[]): Item[] {
  return items.filter(({ what }) => what !== 'record');
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
