import type { IncomingMessage } from 'node:http';
import type { CollectorPlatform } from '../platform.js';
import { hasTooManyValues } from '../too-many-values.js';
import { decompress, looksLikeGzip, type BodyFault } from './decompress.js';

/** Above every platform's limit, so that a platform's own limit answers first. */
export const MAX_BODY_BYTES = 32_000_000;

/** A body, or why there is none. */
export interface Body {
  readonly text: string;
  readonly fault?: BodyFault;
}

/**
 * Reads the body as text, decompressed. A callback, because each request has one and a promise costs; it is not called if the
 * client disconnects. Bytes above the limit are read and dropped, so that the client gets its answer.
 */
export function readBody(
  request: IncomingMessage,
  { gzipWithoutHeader = false }: Pick<CollectorPlatform, 'gzipWithoutHeader'>,
  done: (body: Body) => void,
): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done({ text: '' });
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (bytes <= 2 * MAX_BODY_BYTES) chunks.length = 0;
    else request.destroy();
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) {
      done({ text: '', fault: 'too-large' });
      return;
    }
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const encoding = gzipWithoutHeader && looksLikeGzip(body) ? 'gzip' : (headers['content-encoding'] ?? '');
    const plain = decompress(body, encoding, MAX_BODY_BYTES);
    if (typeof plain === 'string') {
      done({ text: '', fault: plain });
      return;
    }
    const text = plain.toString();
    done(hasTooManyValues(text) ? { text: '', fault: 'too-many-values' } : { text });
  });
  request.on('error', () => {}); // the client disconnected
}
