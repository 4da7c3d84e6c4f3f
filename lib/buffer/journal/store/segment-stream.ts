import type { Files } from '../files/files.js';
import type { SegmentVisitor } from '../format/record.js';
import { scanSegment } from '../format/segment-scan.js';

/** Bytes that are read at once; more where one frame is longer. */
const CHUNK_BYTES = 1024 * 1024;
/** No frame is that large; whatever it is, it is none of ours. */
const MAX_CHUNK_BYTES = 256 * 1024 * 1024;

/**
 * Reads a segment from its beginning, in pieces, so that memory does not depend on its size.
 *
 * @param bytes how much of it counts
 * @returns bytes that were read; fewer where the file is shorter
 */
export async function streamSegment(
  files: Files,
  path: string,
  bytes: number,
  visitor: SegmentVisitor,
): Promise<number> {
  const file = await files.open(path, 'read');
  try {
    let chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(bytes, 1)));
    for (let at = 0; ;) {
      const read = await file.read(chunk.subarray(0, Math.min(chunk.length, bytes - at)), at);
      const isEnd = at + read >= bytes || read < chunk.length;
      const consumed = scanSegment(chunk.subarray(0, read), at, isEnd, visitor);
      at += consumed;
      if (isEnd) return at;
      if (consumed > 0) continue;
      if (chunk.length >= MAX_CHUNK_BYTES) throw new Error('no line ends in it');
      chunk = Buffer.allocUnsafe(chunk.length * 2);
    }
  } finally {
    await file.close();
  }
}
